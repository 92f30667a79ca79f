// Generated from static/tests/unit/helpers.ts by "npm run build". Edit that file, not this one.
// What the front end's tests share: links and overviews as the server answers them, and messages over the bus.
import { animationFrame } from '@odoo/hoot-dom';
import { getService, MockServer, onRpc, serverState } from '@web/../tests/web_test_helpers';
export function badge(values = {}) {
    return {
        id: 1,
        res_id: 7,
        connection: 'stripe-eu',
        connection_name: 'Stripe Europe',
        system: 'stripe',
        system_name: 'Stripe',
        environment: 'live',
        kind: 'customer',
        external_id: 'cus_1',
        label: 'Azure Interior',
        state: 'synced',
        last_sync: '2026-11-22 08:00:00',
        last_error: null,
        url: null,
        exception_id: null,
        conflict_id: null,
        conflict_fields: 0,
        ...values,
    };
}
/** Answers the look-ups of links. @returns what was asked, as `model:ids`, in order */
export function serveBadges(answer, models = ['res.partner']) {
    const asked = [];
    onRpc('saas.sync.link', 'linked_models', () => models);
    onRpc('saas.sync.link', 'badges', ({ args }) => {
        const [model, ids] = args;
        asked.push(`${model}:${ids.join(',')}`);
        return answer(ids);
    });
    return asked;
}
export function connection(values = {}) {
    return {
        id: 1,
        code: 'stripe-eu',
        name: 'Stripe Europe',
        system: 'stripe',
        system_name: 'Stripe',
        environment: 'live',
        company: 'Northwind Europe',
        state: 'healthy',
        message: null,
        hint: null,
        backlog: 3,
        waiting: 2,
        open_exceptions: 1,
        last_event_at: '2026-11-22 07:57:00',
        reported_at: '2026-11-22 08:00:00',
        silent: false,
        counters: { received: 10, applied: 9, unchanged: 1, failed: 0 },
        eta_ms: null,
        next_try_at: null,
        budget: null,
        streams: [{ name: 'events', fresh_at: '2026-11-22T07:59:00.000Z', progress: null }],
        brakes: [],
        ...values,
    };
}
export function brake(values = {}) {
    return {
        stream: 'customers',
        kind: 'customer',
        absent: 120,
        of: 300,
        examples: ['cus_1', 'cus_2'],
        since: '2026-11-22T06:00:00.000Z',
        decided: null,
        ...values,
    };
}
export function overview(values = {}) {
    return {
        connections: [connection()],
        open_exceptions: [],
        open_conflicts: 0,
        links: [],
        setup: [],
        ...values,
    };
}
/** Sends a message over Odoo's bus and waits until it has arrived and the screen has followed. */
export async function send(type, payload) {
    const bus = getService('bus_service');
    const arrived = new Promise((resolve) => {
        const listener = () => {
            bus.unsubscribe(type, listener);
            resolve();
        };
        bus.subscribe(type, listener);
    });
    MockServer.env['bus.bus']?._sendone(serverState.partnerId, type, payload);
    await arrived;
    await animationFrame();
    await animationFrame();
}
