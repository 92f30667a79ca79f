/** What all of Stripe’s objects share: their shape, a moment, lists, the envelope of events. */

export type Wire = Record<string, unknown>;

/** 2026-03-02 10:00:00 UTC. */
export const AT = 1_772_445_600;

export const listOf = (url: string, data: Wire[], more = false) => ({
  object: 'list',
  url,
  has_more: more,
  data,
});

/** A webhook's or the event list's envelope. */
export function wireEvent(type: string, object: Wire, over: Wire = {}): Wire {
  return {
    id: 'evt_1',
    object: 'event',
    api_version: '2026-10-28.endive',
    created: AT + 90,
    data: { object },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type,
    ...over,
  };
}
