// What the rest needs from a place where Odoo can run: Debian's package or Docker's image.
import type { Command } from './process.ts';

/** A place where Odoo and its PostgreSQL run. */
export interface Machine {
  /** Odoo's version, for people and for the template's name. */
  readonly version: string;
  /** Odoo's command line with these arguments; the ports are those it will listen on. */
  odoo(args: string[], ports?: number[]): Command;
  /** One SQL statement as Odoo's role; returns bare values, one line per row. */
  sql(database: string, statement: string): Promise<string>;
  /** The files that belong to a database's attachments. */
  copyFiles(from: string, to: string): Promise<void>;
  moveFiles(from: string, to: string): Promise<void>;
  removeFiles(database: string): Promise<void>;
  /** Stops what this process started here, unless `shared` says that others still use it. */
  close(shared: boolean): Promise<void>;
}
