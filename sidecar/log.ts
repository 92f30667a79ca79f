/** The log: JSON lines for machines, readable ones at a terminal; what is personal or secret is masked on its way out. */
import { writeSync } from 'node:fs';
import { Writable } from 'node:stream';
import winston from 'winston';
import type { Logger } from './engine/types.ts';
import { maskPayload } from './domain/pii.ts';

export interface LogOptions {
  level: string;
  /** Blanked by value wherever they turn up, also inside messages and stacks. */
  secrets: readonly string[];
  /** Readable lines; by default where a person looks on. */
  pretty?: boolean;
  stream?: NodeJS.WritableStream;
}

/** Fields that say which record is meant: never personal, and needed as they are. */
const PLAIN = new Set([
  'delivery',
  'deliveries',
  'lane',
  'connection',
  'code',
  'batch',
  'stack',
  'url',
  'file',
]);

/** Logs to standard error, so that the output of commands stays clean. */
export function createLogger(options: LogOptions): Logger {
  const pretty = options.pretty ?? process.stderr.isTTY;
  const blank = redactor(options.secrets);
  const stream = bestEffort(options.stream);
  const logger = winston.createLogger({
    level: options.level,
    format: winston.format.combine(
      winston.format.timestamp(),
      pretty
        ? winston.format.printf((info) => blank(line(info)))
        : winston.format.printf((info) => blank(JSON.stringify(info))),
    ),
    transports: [new winston.transports.Stream({ stream })],
  });
  const at = (level: string): Logger['debug'] => {
    // Most lines are for those who look closely: masking what nobody reads would cost more than the work it tells of.
    if (!logger.isLevelEnabled(level)) return () => {};
    return (message, fields = {}) => void logger.log(level, message, masked(fields));
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

function masked(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, PLAIN.has(name) ? value : maskPayload(value, name)]),
  );
}

/**
 * A log that cannot be written (its disk is full, its reader is gone) is lost; the work it tells of goes on. Standard
 * error is written by its descriptor, because Node's stream of it does not come back after an error.
 */
function bestEffort(stream: NodeJS.WritableStream | undefined): NodeJS.WritableStream {
  return new Writable({
    decodeStrings: false,
    write(line: string, _encoding, done) {
      try {
        if (stream) stream.write(line);
        else writeSync(process.stderr.fd, line);
      } catch {
        // Lost: there is nowhere else to say it.
      }
      done();
    },
  });
}

/** Replaces every occurrence of a known secret; short ones are left alone, they would blank ordinary words. */
function redactor(secrets: readonly string[]): (text: string) => string {
  const known = secrets.filter((secret) => secret.length >= 6);
  return (text) => known.reduce((clean, secret) => clean.replaceAll(secret, '••••'), text);
}

function line({ level, message, timestamp, stack, ...fields }: winston.Logform.TransformableInfo): string {
  const details = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const time = String(timestamp).slice(11, 19);
  const text = [time, level.padEnd(5), String(message), ...details].join('  ');
  return typeof stack === 'string' ? `${text}\n${stack}` : text;
}
