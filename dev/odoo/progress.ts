// Shows what a long preparation is doing: a bar on a terminal, plain lines everywhere else.
import cliProgress from 'cli-progress';

/** Tells how far a step is: a fraction from 0 to 1. */
export type Report = (fraction: number, note?: string) => void;

/** Receives the steps of a preparation. Steps that have nothing to do are not announced at all. */
export interface Progress {
  /** Runs one named step and shows its name, its progress and its seconds. */
  step<T>(name: string, work: (report: Report) => Promise<T>): Promise<T>;
  /** One line for people. */
  note(text: string): void;
}

const percent = (fraction: number): string => `${Math.round(fraction * 100)} %`;
const seconds = (since: number): string => `${((Date.now() - since) / 1000).toFixed(1)} s`;

/** Says nothing. */
export const silent: Progress = { step: (_name, work) => work(() => {}), note: () => {} };

/** Plain lines on stderr, for logs and pipes. */
export const plainLines: Progress = {
  async step(name, work) {
    const started = Date.now();
    console.error(`${name} …`);
    const result = await work(() => {});
    console.error(`${name}: ${seconds(started)}`);
    return result;
  },
  note: (text) => console.error(text),
};

/** One bar per step on stderr, for people. */
export const bars: Progress = {
  async step(name, work) {
    const started = Date.now();
    let fraction = 0;
    let note = '';
    const text = (): string => {
      const blocks = Math.round(fraction * 20);
      const bar = fraction > 0 ? `${'█'.repeat(blocks)}${'░'.repeat(20 - blocks)} ${percent(fraction)} ` : '';
      return `${name.padEnd(30)} ${bar}${seconds(started)} ${note}`;
    };
    const bar = new cliProgress.SingleBar({
      format: text,
      hideCursor: true,
      stream: process.stderr,
      clearOnComplete: true,
    });
    const draw = (): void => bar.update(Math.round(fraction * 100));
    bar.start(100, 0);
    // Redrawn by the clock too, so that a step without numbers still shows that it lives.
    const clock = setInterval(draw, 500);
    try {
      const result = await work((done, text = '') => {
        fraction = Math.min(1, Math.max(fraction, done));
        note = text.slice(0, 30);
        draw();
      });
      bar.stop();
      console.error(`✓ ${name} (${seconds(started)})`);
      return result;
    } catch (error) {
      bar.stop();
      console.error(`✗ ${name} (${seconds(started)})`);
      throw error;
    } finally {
      clearInterval(clock);
    }
  },
  note: (text) => console.error(text),
};

/** The progress that suits where stderr goes. */
export const terminalProgress = (): Progress => (process.stderr.isTTY ? bars : plainLines);
