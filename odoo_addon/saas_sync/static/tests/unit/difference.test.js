// Generated from static/tests/unit/difference.test.ts by "npm run build". Edit that file, not this one.
// Promises of the marks within two values that differ.
import { expect, test } from '@odoo/hoot';
import { segmentsOf } from '@saas_sync/resolver/difference';
/** The text with its marked pieces in brackets. */
function marked(text, reference) {
    return segmentsOf(text, reference)
        .map((segment) => (segment.changed ? `[${segment.text}]` : segment.text))
        .join('');
}
test('only the words that differ are marked', () => {
    expect(marked('Azure Interior GmbH, Berlin', 'Azure Interior, Berlin')).toBe('Azure Interior[ GmbH], Berlin');
    expect(marked('+49 30 1222', '+49 30 1000')).toBe('+49 30 [1222]');
    expect(marked('12 Long Street', '14 Long Road')).toBe('[12] Long [Street]');
});
test('a single word is compared by its letters', () => {
    expect(marked('Müller', 'Muller')).toBe('M[ü]ller');
    expect(marked('Germany', 'Austria')).toBe('[Germany]');
});
test('an emoji is never cut into parts', () => {
    expect(marked('👩‍🚀', '👩‍🎨')).toBe('[👩‍🚀]');
});
test('equal texts and texts without a counterpart have no marks', () => {
    expect(marked('same', 'same')).toBe('same');
    expect(marked('new', '')).toBe('new');
    expect(segmentsOf('', 'old')).toEqual([]);
});
test('what stands in another order is marked once', () => {
    expect(marked('b a', 'a b')).toBe('b[ a]');
});
test('of many changes in a long text, all between its common ends is marked', () => {
    const many = 'one '.repeat(450);
    const other = 'two '.repeat(450);
    expect(segmentsOf(`same ${many}end`, `same ${other}end`).map(({ changed }) => changed)).toEqual([
        false,
        true,
        false,
    ]);
});
test('a text as long as a letter is shown without marks', () => {
    const many = 'word '.repeat(2_000);
    expect(segmentsOf(many, 'word')).toEqual([{ text: many, changed: false }]);
});
