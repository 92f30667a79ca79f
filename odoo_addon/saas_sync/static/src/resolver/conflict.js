// Generated from static/src/resolver/conflict.ts by "npm run build". Edit that file, not this one.
// A conflict as `saas.sync.conflict.resolver` answers it, and what a person chooses in it.
/** What a key chooses while a field has the focus; null: undecided. */
export const TAKE_OF_KEY = {
    ArrowLeft: 'odoo',
    ArrowRight: 'other',
    '1': 'odoo',
    '2': 'other',
    '3': 'value',
    '0': null,
    Backspace: null,
};
