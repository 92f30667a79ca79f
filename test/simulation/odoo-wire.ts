/** The line between a sidecar and the model of Odoo: requests and answers take their time, get lost, or come too late. */
import type { OdooTransport } from '../../sidecar/odoo/client.ts';
import { answerLost, odooDown } from '../../sidecar/odoo/failures.ts';
import { Transient, type Failure } from '../../sidecar/domain/failure.ts';
import type { Faults } from './faults.ts';
import type { OdooModel } from './odoo-model.ts';
import type { Random } from './random.ts';
import type { Owner, Scheduler } from './scheduler.ts';

/** As long as the sidecar waits for an answer. */
const TIMEOUT_MS = 100_000;

export interface WireDeps {
  scheduler: Scheduler;
  random: Random;
  faults: Faults;
  model: Pick<OdooModel, 'call'>;
  owner: Owner;
}

export function odooWire(deps: WireDeps): OdooTransport {
  return {
    name: 'json2',
    call: (method, request) =>
      new Promise((resolve, reject) => send(deps, method, JSON.stringify(request), { resolve, reject })),
  };
}

interface Caller {
  resolve: (answer: unknown) => void;
  reject: (failure: Failure) => void;
}

function send(deps: WireDeps, method: string, request: string, caller: Caller): void {
  const { scheduler, random, faults, owner } = deps;
  const call = { address: 'http://odoo.example', database: 'simulated', method };
  const refuse = (ms: number, failure: Failure) =>
    scheduler.after(ms, `odoo ${method} ${failure.code}`, () => caller.reject(failure), owner);
  if (faults.holds('odoo_down', scheduler.now)) return void refuse(20, odooDown(call, 'ECONNREFUSED'));
  const fault = faults.take(...(method === 'apply' ? APPLY_FAULTS : CALL_FAULTS));
  const latency = random.between(1, 40);
  if (fault === 'odoo_5xx')
    return void refuse(latency, new Transient('odoo_unwell', 'Odoo answered 502 to the call'));
  if (fault === 'odoo_busy')
    return void refuse(latency, new Transient('odoo_busy', 'Odoo could not serialize the transaction'));
  if (fault === 'odoo_silent') return void refuse(TIMEOUT_MS, answerLost(call, 'time is over'));
  if (fault === 'answer_late') {
    refuse(TIMEOUT_MS, answerLost(call, 'time is over'));
    arrive(deps, method, request, TIMEOUT_MS - 5_000 + random.between(0, 60_000), () => {});
    return;
  }
  arrive(deps, method, request, latency, (answer) => {
    if (fault === 'answer_lost') return void refuse(random.between(1, 5_000), answerLost(call, 'ECONNRESET'));
    scheduler.after(
      random.between(1, 40),
      `odoo ${method} answers`,
      () => caller.resolve(JSON.parse(answer)),
      owner,
    );
  });
}

const CALL_FAULTS = ['odoo_5xx', 'odoo_silent', 'answer_lost'] as const;
const APPLY_FAULTS = ['odoo_5xx', 'odoo_busy', 'answer_lost', 'answer_late', 'odoo_silent'] as const;

/** The transaction begins when the request arrives and commits a little later, whatever becomes of the asker. */
function arrive(
  { scheduler, random, model }: WireDeps,
  method: string,
  request: string,
  latency: number,
  done: (answer: string) => void,
): void {
  const commit = (begun: number) => () => {
    done(JSON.stringify(model.call(method, JSON.parse(request), begun, scheduler.steps)));
  };
  const work = method === 'apply' ? random.between(5, 400) : 1;
  scheduler.after(latency, `odoo begins ${method}`, () => {
    scheduler.after(work, `odoo commits ${method}`, commit(scheduler.steps));
  });
}
