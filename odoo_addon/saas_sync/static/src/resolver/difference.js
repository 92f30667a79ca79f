// Generated from static/src/resolver/difference.ts by "npm run build". Edit that file, not this one.
// Marks within a text what another text has differently, by words; single words are compared by letters.
/** Beyond so many pieces on a side only what both texts begin and end with is told apart. */
const MANY = 400;
/** Texts longer than this, in characters, are read without marks. */
const LONG = 4_000;
/** Neither a word's accent nor an emoji is ever cut into parts. */
function pieces(text, granularity) {
    return Array.from(new Intl.Segmenter(undefined, { granularity }).segment(text), ({ segment }) => segment);
}
const isOneWord = (text) => /^[\p{L}\p{N}]+$/u.test(text);
/** Lengths of the longest common subsequences of all ends of both lists. */
function commonLengths(a, b) {
    const table = Array.from({ length: a.length + 1 }, () => Array.from({ length: b.length + 1 }, () => 0));
    for (let i = a.length - 1; i >= 0; i -= 1) {
        for (let j = b.length - 1; j >= 0; j -= 1) {
            const [row, next] = [table[i], table[i + 1]];
            row[j] = a[i] === b[j] ? (next[j + 1] ?? 0) + 1 : Math.max(next[j] ?? 0, row[j + 1] ?? 0);
        }
    }
    return table;
}
/** Of each piece of `b`, whether `a` lacks it. */
function lackingIn(a, b) {
    if (a.length > MANY || b.length > MANY)
        return b.map(() => true);
    const table = commonLengths(a, b);
    const lacking = [];
    let i = 0;
    let j = 0;
    while (j < b.length) {
        const same = i < a.length && a[i] === b[j];
        const skip = !same && i < a.length && (table[i + 1]?.[j] ?? 0) >= (table[i]?.[j + 1] ?? 0);
        if (skip)
            i += 1;
        else {
            lacking.push(!same);
            if (same)
                i += 1;
            j += 1;
        }
    }
    return lacking;
}
function joined(texts, changed) {
    const segments = [];
    for (const [index, text] of texts.entries()) {
        const last = segments.at(-1);
        if (last && last.changed === changed[index])
            last.text += text;
        else
            segments.push({ text, changed: changed[index] ?? false });
    }
    return segments;
}
/** @returns the pieces of `text` in order, marked where it differs from `reference`; no marks if there is nothing to compare with */
export function segmentsOf(text, reference) {
    if (!text)
        return [];
    if (!reference || Math.max(text.length, reference.length) > LONG)
        return [{ text, changed: false }];
    const by = isOneWord(text) && isOneWord(reference) ? 'grapheme' : 'word';
    const [a, b] = [pieces(reference, by), pieces(text, by)];
    let head = 0;
    while (head < Math.min(a.length, b.length) && a[head] === b[head])
        head += 1;
    let tail = 0;
    while (tail < Math.min(a.length, b.length) - head && a.at(-1 - tail) === b.at(-1 - tail))
        tail += 1;
    const found = lackingIn(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
    // Two words that share a letter here and there are simply two words.
    const alike = found.filter((lacks) => !lacks).length * 2 >= found.length;
    const middle = by === 'word' || alike ? found : found.map(() => true);
    const same = (length) => Array.from({ length }, () => false);
    return joined(b, [...same(head), ...middle, ...same(tail)]);
}
