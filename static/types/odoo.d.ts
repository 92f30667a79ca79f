// The part of Odoo 19's web client that this addon uses, described by hand so that type checks need no Odoo.

declare const luxon: { DateTime: LuxonDateTimeStatic };

interface LuxonDateTime {
  readonly isValid: boolean;
  toRelative(): string | null;
  toMillis(): number;
  toFormat(format: string): string;
  toLocaleString(format: Intl.DateTimeFormatOptions): string;
  hasSame(other: LuxonDateTime, unit: 'day'): boolean;
}
interface LuxonDateTimeStatic {
  fromISO(text: string): LuxonDateTime;
  now(): LuxonDateTime;
}

declare module '@web/core/browser/browser' {
  export const browser: {
    localStorage: Storage;
    setTimeout: typeof setTimeout;
    clearTimeout: typeof clearTimeout;
    setInterval: typeof setInterval;
    clearInterval: typeof clearInterval;
  };
}

declare module '@web/core/registry' {
  export interface Registry {
    add(key: string, value: unknown, options?: { sequence?: number; force?: boolean }): Registry;
    get(key: string): unknown;
    contains(key: string): boolean;
    category(name: string): Registry;
  }
  export const registry: Registry;
}

declare module '@web/core/utils/hooks' {
  import type { SyncService } from '@saas_sync/sync_service/sync_service';
  import type { LockService } from '@saas_sync/lock/locks';
  import type { OverviewService } from '@saas_sync/overview/overview_service';

  export interface Orm {
    silent: Orm;
    call(model: string, method: string, args?: unknown[], kwargs?: object): Promise<unknown>;
  }
  export interface ActionService {
    doAction(action: string | object, options?: object): Promise<unknown>;
  }
  export interface DialogService {
    add(component: unknown, props: object): () => void;
  }
  export interface NotificationService {
    add(message: string, options?: { type?: 'success' | 'info' | 'warning' | 'danger' }): () => void;
  }
  export interface BusService {
    subscribe(type: string, callback: (payload: never) => void): void;
    unsubscribe(type: string, callback: (payload: never) => void): void;
    start(): Promise<void>;
  }
  export interface Services {
    orm: Orm;
    action: ActionService;
    dialog: DialogService;
    notification: NotificationService;
    bus_service: BusService;
    saas_sync: SyncService;
    saas_sync_locks: LockService;
    saas_sync_overview: OverviewService;
  }
  export function useService<Name extends keyof Services>(name: Name): Services[Name];
}

declare module '@web/core/utils/patch' {
  export function patch<T extends object, E extends object>(
    target: T,
    extension: E & ThisType<T & E>,
  ): () => void;
}

declare module '@web/core/l10n/translation' {
  export function _t(source: string, ...substitutions: unknown[]): string;
}

declare module '@web/core/l10n/dates' {
  export function deserializeDateTime(value: string): LuxonDateTime;
  export function formatDateTime(value: LuxonDateTime): string;
}

declare module '@web/core/l10n/localization' {
  export const localization: { timeFormat: string };
}

declare module '@web/core/network/rpc' {
  export class RPCError extends Error {
    exceptionName: string | null;
  }
}

declare module '@web/core/user' {
  export const user: { hasGroup(group: string): Promise<boolean> };
}

declare module '@web/core/popover/popover_hook' {
  export interface Popover {
    open(target: HTMLElement, props: object): void;
    close(): void;
    readonly isOpen: boolean;
  }
  export function usePopover(component: unknown, options?: object): Popover;
}

declare module '@web/core/dropdown/dropdown' {
  import { Component } from '@odoo/owl';
  export class Dropdown extends Component {}
}

declare module '@web/core/dropdown/dropdown_item' {
  import { Component } from '@odoo/owl';
  export class DropdownItem extends Component {}
}

declare module '@web/core/copy_button/copy_button' {
  import { Component } from '@odoo/owl';
  export class CopyButton extends Component {}
}

declare module '@web/core/confirmation_dialog/confirmation_dialog' {
  import { Component } from '@odoo/owl';
  export class ConfirmationDialog extends Component {}
}

declare module '@web/views/form/form_controller' {
  import { Component } from '@odoo/owl';
  export class FormController extends Component {}
}

declare module '@web/views/list/list_renderer' {
  import { Component } from '@odoo/owl';

  export interface Column {
    id: string;
    name: string;
    type: string;
    optional?: string | false;
    [key: string]: unknown;
  }
  export interface RecordList {
    resModel: string;
    model: { useSampleModel: boolean };
  }
  export class ListRenderer extends Component<{ list: RecordList }> {
    allColumns: Column[];
    keyOptionalFields: string;
    readonly isX2Many: boolean;
    setup(): void;
    processAllColumn(columns: Column[], list: RecordList): Column[];
    computeOptionalActiveFields(): Record<string, boolean>;
  }
}

declare module '@web/views/fields/standard_field_props' {
  export const standardFieldProps: Record<string, { type: ObjectConstructor; optional?: boolean }>;
  export interface StandardFieldProps {
    name: string;
    readonly?: boolean;
    record: {
      resModel: string;
      resId: number | false;
      data: Record<string, unknown>;
      fields: Record<string, { type: string; selection?: [string, string][] }>;
    };
  }
}

declare module '@web/views/widgets/standard_widget_props' {
  export const standardWidgetProps: Record<string, { type: ObjectConstructor; optional?: boolean }>;
  export interface StandardWidgetProps {
    record: {
      resModel: string;
      resId: number | false;
      isNew: boolean;
      data: Record<string, unknown>;
      model: { useSampleModel: boolean };
      isDirty(): Promise<boolean>;
      load(): Promise<void>;
    };
  }
}

declare module '@web/webclient/actions/action_service' {
  export const standardActionServiceProps: Record<string, { type: ObjectConstructor; optional?: boolean }>;
}

declare module '@web/views/fields/formatters' {
  export function formatInteger(value: number): string;
}

declare module '@web/views/view' {
  export function getDefaultConfig(): object;
}

declare module '@web/search/layout' {
  import { Component } from '@odoo/owl';
  export class Layout extends Component {}
}

declare module '@web/core/dialog/dialog' {
  import { Component } from '@odoo/owl';
  export class Dialog extends Component {}
}

declare module '@web/model/record' {
  import { Component } from '@odoo/owl';
  export interface WidgetRecord {
    /** Values by field for the server, what is being typed included. */
    getChanges(): Promise<Record<string, unknown>>;
  }
  export class Record extends Component {}
}

declare module '@web/views/fields/field' {
  import { Component } from '@odoo/owl';
  export class Field extends Component {}
}
