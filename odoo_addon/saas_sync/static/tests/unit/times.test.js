// Generated from static/tests/unit/times.test.ts by "npm run build". Edit that file, not this one.
// Promises of moments and spans of time.
import { beforeEach, expect, mockDate, test } from '@odoo/hoot';
import { makeMockEnv } from '@web/../tests/web_test_helpers';
import { ago, clockTime, exactTime, instant, roughly, steadyEnd, wait } from '@saas_sync/times/times';
const MINUTE = 60_000;
beforeEach(async () => {
    mockDate('2026-11-22 08:00:00', 0);
    await makeMockEnv();
});
test('a span grows in steps that grow with it', () => {
    const spans = [1_000, 5.2 * MINUTE, 23 * MINUTE, 57 * MINUTE, 100 * MINUTE, 60 * 60 * MINUTE];
    expect(spans.map(roughly)).toEqual(['1 minute', '6 minutes', '25 minutes', '1 hour', '2 hours', '3 days']);
});
test('a wait is counted down to the second towards its end', () => {
    expect([90_000, 39_400, 10].map(wait)).toEqual(['2 minutes', '40 seconds', '1 second']);
});
test('a forecast stays until another says something else', () => {
    const end = 10 * MINUTE;
    expect(steadyEnd(null, end, 0)).toBe(end);
    expect(steadyEnd(end, end + MINUTE, 0)).toBe(end);
    expect(steadyEnd(end, end + 5 * MINUTE, 0)).toBe(15 * MINUTE);
    expect(steadyEnd(end, 4 * MINUTE, 0)).toBe(4 * MINUTE);
});
test('a time of another day names the day', () => {
    expect(clockTime('2026-11-22T07:12:30.000Z')).toBe('07:12');
    expect(clockTime('2026-11-20T09:12:00.000Z')).toBe('Nov 20, 09:12');
});
test('what is no moment is never', () => {
    for (const moment of [null, undefined, '', 'Tomorrow', '2026-99-99T00:00:00Z']) {
        expect(ago(moment)).toBe('never');
        expect(clockTime(moment)).toBe('');
        expect(exactTime(moment)).toBe('');
        expect(instant(moment)).toBe(null);
    }
});
