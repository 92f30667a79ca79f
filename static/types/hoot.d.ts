// The part of Odoo's test tools that the front end's tests use, described by hand like the web client.

interface Matchers {
  toBe(expected: unknown): void;
  toEqual(expected: unknown): void;
  toHaveCount(count: number): void;
  toHaveText(text: string | RegExp, options?: { raw: boolean }): void;
  toHaveClass(names: string | string[]): void;
  toHaveAttribute(name: string, value?: string | RegExp): void;
  toHaveValue(value: string): void;
  toBeEnabled(): void;
  toBeFocused(): void;
  not: Matchers;
}

interface Expect {
  (actual: unknown): Matchers;
  step(value: string): void;
  verifySteps(steps: string[]): void;
}

declare module '@odoo/hoot' {
  export const expect: Expect;
  export function test(name: string, run: () => void | Promise<void>): void;
  export function beforeEach(run: () => void | Promise<void>): void;
  export function destroy(component: unknown): void;
  export function mockDate(date: string, timeZone?: number): void;
}

declare module '@odoo/hoot-dom' {
  export function animationFrame(): Promise<void>;
  export function advanceTime(milliseconds: number): Promise<void>;
  export function click(selector: string): Promise<void>;
  export function edit(text: string): Promise<void>;
  export function press(keys: string | string[]): Promise<void>;
  export function queryAllTexts(selector: string): string[];
  export function waitFor(selector: string): Promise<Element>;
}

declare module '@web/../tests/web_test_helpers' {
  interface Call {
    args: unknown[];
    kwargs: Record<string, unknown>;
  }
  export function onRpc(model: string, method: string, answer: (call: Call) => unknown): void;
  export function mountWithCleanup<Instance>(
    component: new (...args: never[]) => Instance,
    options?: object,
  ): Promise<Instance>;
  export function mountView(params: object): Promise<unknown>;
  export function makeServerError(options: { type?: string; message?: string }): Error;
  export function makeMockEnv(env?: object): Promise<object>;
  export function getService(name: string): unknown;
  export function mockService(name: string, methods: object): void;
  export function patchWithCleanup<T extends object>(target: T, extension: object): void;
  export const MockServer: {
    env: Record<string, { _sendone(channel: unknown, type: string, payload: object): void }>;
  };
  export const serverState: { partnerId: number };
}

declare module '@mail/../tests/mail_test_helpers' {
  export function defineMailModels(): void;
}
