/** The HubSpot chapters: a first contact that is looked through, a deal, news both ways, a merge that makes a new id. */
import * as story from '../../../test/sandbox/hubspot/story.ts';
import type { ObjectType } from '../../../test/sandbox/hubspot/index.ts';
import type { Company } from '../company.ts';
import { HUBSPOT } from '../connections.ts';
import { correct } from './office.ts';
import { linkedTo, theOne, until, type Chapter } from './told.ts';

const { CAST } = story;
const PHONE = '+46 46 100 77';

interface Contact {
  id: number;
  contact_state: string;
}

const at = ({ systems: { hubspot } }: Company, type: ObjectType, id: string) =>
  hubspot.get(type, id)?.properties ?? {};
const company = ({ systems: { hubspot } }: Company, name: string) => story.idOf(hubspot, 'companies', name);
const connection = (world: Company) =>
  theOne<Contact>(world, 'saas.sync.connection', [['code', '=', HUBSPOT]], ['contact_state']);

const becomes = (world: Company, state: string) =>
  until(
    `the first contact is in the state ${state}`,
    async () => (await connection(world)).contact_state === state,
  );

export const chapters: readonly Chapter[] = [
  {
    name: 'hubspot-beginning',
    caption:
      'Three companies, two people and two products are looked through; one is known: nothing is written yet',
    async play(world) {
      await becomes(world, 'review');
      story.beginning(world.systems.hubspot);
      const { id } = await connection(world);
      await world.admin.call('saas.sync.connection', 'action_look_again', [[id]]);
      await until('seven records were looked through', async () => (await candidates(world)).length === 7);
      await becomes(world, 'review');
      const known = (await candidates(world)).filter(({ plan }) => plan === 'link').length;
      if (known !== 1) throw new Error(`${known} of HubSpot's records were found in Odoo instead of 1`);
    },
  },
  {
    name: 'hubspot-started',
    caption:
      'The administrator starts syncing: Polarlys Shipping is linked to the contact that Salesforce made',
    async play(world) {
      const { id } = await connection(world);
      const wizard = await world.admin.call<number[]>('saas.sync.start', 'create', [[{ connection_id: id }]]);
      await world.admin.call('saas.sync.start', 'action_start', [wizard]);
      await becomes(world, 'started');
      const { hubspot } = world.systems;
      await until(
        'the people of HubSpot are in Odoo',
        async () => (await linkedTo(world, HUBSPOT, 'contact', story.personId(hubspot))) > 0,
      );
    },
  },
  {
    name: 'hubspot-won',
    caption: 'A deal over 19,700 EUR is won: a confirmed order in Odoo, and HubSpot shows its number',
    async play(world) {
      const { hubspot } = world.systems;
      story.robotsAreWon(hubspot);
      const deal = story.idOf(hubspot, 'deals', CAST.deal);
      await until(
        'HubSpot shows the order',
        () => at(world, 'deals', deal)['odoo_order_state'] === 'confirmed',
      );
    },
  },
  {
    name: 'hubspot-phone',
    caption: "Sam corrects Saga Lind's telephone number in Odoo; it is at HubSpot at once",
    async play(world) {
      const person = story.personId(world.systems.hubspot);
      await correct(world, await linkedTo(world, HUBSPOT, 'contact', person), { phone: PHONE });
      await until('HubSpot has the number', () => at(world, 'contacts', person)['phone'] === PHONE);
    },
  },
  {
    name: 'hubspot-precedence',
    caption:
      "HubSpot gets another number for Polarlys Shipping; Salesforce's word counts, and is put back there",
    async play(world) {
      story.sharedPhoneChanges(world.systems.hubspot, '+47 55 99 99 99');
      const id = company(world, CAST.shared.name);
      await until(
        "HubSpot has Salesforce's number again",
        () => at(world, 'companies', id)['phone'] === CAST.shared.phone,
      );
    },
  },
  {
    name: 'hubspot-merged',
    caption: 'Tidewater Labs is entered twice and merged under a new id: one contact in Odoo, the first one',
    async play(world) {
      const { hubspot } = world.systems;
      const first = company(world, CAST.first);
      const partner = await linkedTo(world, HUBSPOT, 'customer', first);
      story.twinAppears(hubspot);
      const second = company(world, CAST.second);
      await until(
        'the second one is in Odoo',
        async () => (await linkedTo(world, HUBSPOT, 'customer', second)) > 0,
      );
      await world.sidecar.idle();
      const survivor = story.twinsAreMerged(hubspot);
      await until(
        'the new id leads to the first contact',
        async () => (await linkedTo(world, HUBSPOT, 'customer', survivor)) === partner,
      );
    },
  },
];

const candidates = ({ admin }: Company): Promise<{ plan: string }[]> =>
  admin.search('saas.sync.candidate', [['connection_id.code', '=', HUBSPOT]], ['plan']);
