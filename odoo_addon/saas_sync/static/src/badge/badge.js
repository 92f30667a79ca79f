// Generated from static/src/badge/badge.ts by "npm run build". Edit that file, not this one.
// The pills beside a record's name: one per connection, on every form of every linked model.
import { Component } from '@odoo/owl';
import { _t } from '@web/core/l10n/translation';
import { usePopover } from '@web/core/popover/popover_hook';
import { patch } from '@web/core/utils/patch';
import { FormController } from '@web/views/form/form_controller';
import { BadgePopover } from '@saas_sync/badge_popover/badge_popover';
import { linkStateLook, shownState, worstState } from '@saas_sync/states/states';
import { useBadges } from '@saas_sync/sync_service/sync_service';
function pillOf(links) {
    const [{ connection, connection_name: name, environment }] = links;
    const state = worstState(links.map(shownState));
    const look = linkStateLook(state);
    const title = _t('%(connection)s: %(state)s', { connection: name, state: look.words });
    return { ...look, connection, name, test: environment === 'test', state, links, title };
}
/** @returns one pill per connection, in the order of the connections' names. */
export function pillsOf(badges) {
    const byConnection = new Map();
    for (const badge of badges) {
        byConnection.set(badge.connection, [...(byConnection.get(badge.connection) ?? []), badge]);
    }
    return [...byConnection.values()].map(pillOf).sort((a, b) => a.name.localeCompare(b.name));
}
export class SyncBadge extends Component {
    static template = 'saas_sync.Badge';
    static props = {
        resModel: String,
        resId: { type: [Number, Boolean] },
        compact: { type: Boolean, optional: true },
    };
    // Hooks belong into setup: while class fields are filled the component has no environment yet.
    state;
    popover;
    setup() {
        this.state = useBadges(() => ({ model: this.props.resModel, id: this.props.resId }));
        this.popover = usePopover(BadgePopover, {
            position: 'bottom-start',
            // Takes the focus, and gives it back to the badge on Escape.
            setActiveElement: true,
        });
    }
    get pills() {
        return pillsOf(this.state.badges);
    }
    openPopover(event, pill) {
        const { resModel, resId } = this.props;
        this.popover.open(event.currentTarget, {
            resModel,
            resId,
            connection: pill.connection,
            badges: this.state.badges,
        });
    }
}
// A getter on the prototype, because subclasses copy FormController.components when they are declared.
patch(FormController.prototype, {
    get saasSyncBadge() {
        return SyncBadge;
    },
});
