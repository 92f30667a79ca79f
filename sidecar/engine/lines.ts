/** Opens one line per configured connection. */
import type { Line } from './context.ts';
import type { EngineDeps } from './types.ts';

export function createLines(deps: EngineDeps, stopping: AbortSignal): Map<string, Line> {
  const now = () => deps.clock.now();
  const open = deps.open ?? ((member, about) => member.connector.open(member.connection, about));
  return new Map(
    deps.members.map((member) => {
      const sleep = (ms: number) => deps.clock.sleep(ms, stopping);
      const session = open(member, { now, signal: stopping, sleep });
      return [member.connection.id, { ...member, id: member.connection.id, session }];
    }),
  );
}
