/** The options of a connection, as its connector describes them. */
import type * as z from 'zod';
import type { Connection } from '../../domain/connection.ts';
import { ConfigurationError } from '../../domain/failure.ts';

/** `options` of the connection with defaults. Throws ConfigurationError naming the option that is wrong. */
export function readOptions<T extends z.ZodObject>(
  schema: T,
  connection: Connection,
  title: string,
): z.output<T> {
  const parsed = schema.safeParse(connection.options);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ConfigurationError(
    'options',
    `Options of connection ${connection.id}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'are wrong'}`,
    { hint: `${title} takes ${Object.keys(schema.shape).join(', ')}.` },
  );
}
