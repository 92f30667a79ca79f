// The pills beside a record's name: one per connection, on every form of every linked model.
import { Component } from '@odoo/owl';
import { _t } from '@web/core/l10n/translation';
import { usePopover, type Popover } from '@web/core/popover/popover_hook';
import { patch } from '@web/core/utils/patch';
import { FormController } from '@web/views/form/form_controller';
import { BadgePopover } from '@saas_sync/badge_popover/badge_popover';
import { linkStateLook, shownState, worstState, type StateLook } from '@saas_sync/states/states';
import { useBadges, type Badge } from '@saas_sync/sync_service/sync_service';

interface Props {
  resModel: string;
  resId: number | false;
  /** Icons only, for the narrow column of a list. */
  compact?: boolean;
}

/** The links of one record on one connection: a product and its prices, say, are one pill. */
export interface Pill extends StateLook {
  connection: string;
  name: string;
  test: boolean;
  state: string;
  links: Badge[];
  /** What a screen reader says and the tooltip shows. */
  title: string;
}

function pillOf(links: Badge[]): Pill {
  const [{ connection, connection_name: name, environment }] = links as [Badge];
  const state = worstState(links.map(shownState));
  const look = linkStateLook(state);
  const title = _t('%(connection)s: %(state)s', { connection: name, state: look.words });
  return { ...look, connection, name, test: environment === 'test', state, links, title };
}

/** @returns one pill per connection, in the order of the connections' names. */
export function pillsOf(badges: Badge[]): Pill[] {
  const byConnection = new Map<string, Badge[]>();
  for (const badge of badges) {
    byConnection.set(badge.connection, [...(byConnection.get(badge.connection) ?? []), badge]);
  }
  return [...byConnection.values()].map(pillOf).sort((a, b) => a.name.localeCompare(b.name));
}

export class SyncBadge extends Component<Props> {
  static template = 'saas_sync.Badge';
  static props = {
    resModel: String,
    resId: { type: [Number, Boolean] },
    compact: { type: Boolean, optional: true },
  };

  // Hooks belong into setup: while class fields are filled the component has no environment yet.
  state!: { badges: Badge[] };
  popover!: Popover;

  setup(): void {
    this.state = useBadges(() => ({ model: this.props.resModel, id: this.props.resId }));
    this.popover = usePopover(BadgePopover, {
      position: 'bottom-start',
      // Takes the focus, and gives it back to the badge on Escape.
      setActiveElement: true,
    });
  }

  get pills(): Pill[] {
    return pillsOf(this.state.badges);
  }

  openPopover(event: MouseEvent, pill: Pill): void {
    const { resModel, resId } = this.props;
    this.popover.open(event.currentTarget as HTMLElement, {
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
