// What the rest needs from a place where Odoo can run: Debian's package or Docker's image.
import type { Command } from './process.ts';

/** A PostgreSQL that tests may crash. */
export interface Crashable {
  /** Whether a process other than these uses it now: then it is not ours to crash. */
  isUsedBeside(pids: readonly number[]): boolean;
  /** To be called once after databases were made, so that a crash does not harm what the clones of a template are. */
  settle(): Promise<void>;
  /** A power cut: everything ends at once, nothing is tidied up. */
  crash(): Promise<void>;
  /** Resolves when it has recovered and answers. */
  start(): Promise<void>;
}

/** A place where Odoo and its PostgreSQL run. */
export interface Machine {
  /** Odoo's version, for people and for the template's name. */
  readonly version: string;
  /** Odoo's command line with these arguments; the ports are those it will listen on. */
  odoo(args: string[], ports?: number[]): Command;
  /** Only where Odoo and PostgreSQL are processes of this machine and not in containers. */
  readonly postgres?: Crashable;
  /** One SQL statement as Odoo's role; returns bare values, one line per row. */
  sql(database: string, statement: string): Promise<string>;
  /** The files that belong to a database's attachments. */
  copyFiles(from: string, to: string): Promise<void>;
  moveFiles(from: string, to: string): Promise<void>;
  removeFiles(database: string): Promise<void>;
  /** Stops what this process started here, unless `shared` says that others still use it. */
  close(shared: boolean): Promise<void>;
}
