/** `/_sandbox`: what people and scripts can do to the sandbox over HTTP. All bodies are JSON. */
import type { Fault } from './faults.ts';
import type { NudgeTarget } from './nudges.ts';
import type { Sandbox } from './sandbox.ts';
import type { Seeding } from './seed.ts';

type Body = Record<string, unknown>;
type Handler = (sandbox: Sandbox, body: Body) => unknown;

const HANDLERS: Record<string, Handler> = {
  'GET /state': ({ org, faults, api, oauth }) => ({
    organization: org.id,
    now: org.now(),
    rows: Object.fromEntries([...org.objects.keys()].map((name) => [name, org.table(name).rows.size])),
    faults: faults.pending,
    used: api.used,
    logins: oauth.logins.length,
  }),
  'POST /create': ({ people }, { object, values }) => ({ id: people.create(String(object), values as Body) }),
  'POST /edit': ({ people }, { object, id, values }) =>
    done(people.edit(String(object), String(id), values as Body)),
  'POST /delete': ({ people }, { object, id }) => done(people.delete(String(object), String(id))),
  'POST /merge': ({ people }, { object, master, losers }) =>
    done(people.merge(object as 'Account', String(master), ...(losers as string[]))),
  'POST /win': ({ people }, { id }) => done(people.win(String(id))),
  'POST /seed': ({ org, seedMany }, body) => {
    const made = seedMany(body as unknown as Seeding);
    return { accounts: made.accounts.length, contacts: made.contacts.length, organization: org.id };
  },
  'POST /clock': ({ org }, { ms }) => (org.advance(Number(ms)), { now: org.now() }),
  'POST /faults': ({ faults }, body) => (
    faults.add(...([body].flat() as unknown as Fault[])),
    { faults: faults.pending }
  ),
  'DELETE /faults': ({ faults }) => done(faults.clear()),
  'POST /revoke': ({ oauth }) => done(oauth.revoke()),
  'POST /limit': ({ api }, { daily }) => done((api.options.dailyLimit = Number(daily))),
  'POST /security': ({ org }, { object, field, access }) =>
    done(org.secure(String(object), String(field), access as 'edit')),
  'POST /fields': ({ org }, { object, name, type }) =>
    done(org.addField(String(object), String(name), type as 'string')),
  'DELETE /fields': ({ org }, { object, name }) => done(org.removeField(String(object), String(name))),
  'POST /lock': ({ org }, { id, times }) => done(org.locks.set(String(id), Number(times ?? 1))),
  'POST /nudges': (sandbox, body) => done((sandbox.nudges.target = body as unknown as NudgeTarget)),
  'GET /nudges': ({ nudges }) => nudges.log,
};

/** What a handle answers that has nothing to tell: it was done when it comes to this. */
const done = (..._done: unknown[]): unknown => ({});

/** Undefined: no such handle. */
export function adminAnswer(sandbox: Sandbox, method: string, path: string, body: unknown): unknown {
  return HANDLERS[`${method} ${path}`]?.(sandbox, (body ?? {}) as Body);
}
