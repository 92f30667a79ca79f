/** Who and what the story is about: the company's products, prices, taxes and customers. All invented. */

export type Person = {
  email: string;
  name?: string;
  country?: string;
  city?: string;
  line1?: string;
  postal_code?: string;
  vat?: { type: 'eu_vat' | 'gb_vat' | 'ch_vat' | 'jp_cn'; value: string };
  /** A test card that charges succeed with, unless said otherwise. */
  card?: string;
};

type Row = [
  email: string,
  name: string,
  country: string,
  city: string,
  line1: string,
  zip: string,
  vat?: string,
];

/** VAT numbers have right check digits: accounting systems look at them. */
const COMPANIES: Row[] = [
  [
    'buchhaltung@hanse-kontor.example',
    'Hanse Kontor GmbH',
    'DE',
    'Hamburg',
    'Speicherstadt 12',
    '20457',
    'DE136695976',
  ],
  [
    'rechnung@muellerundsoehne.example',
    'Müller & Söhne Maschinenbau KG',
    'DE',
    'Stuttgart',
    'Werkstraße 4',
    '70173',
  ],
  ['office@spreewerk.example', 'Spreewerk Studio UG', 'DE', 'Berlin', 'Oranienstraße 99', '10999'],
  ['finanzen@alpenblick.example', 'Alpenblick Hotels AG', 'DE', 'München', 'Isarring 7', '80331'],
  ['einkauf@rheinlogistik.example', 'Rhein Logistik GmbH & Co. KG', 'DE', 'Köln', 'Am Hafen 21', '50667'],
  ['info@baeckerei-weiss.example', 'Bäckerei Weiß e.K.', 'DE', 'Leipzig', 'Marktgasse 3', '04109'],
  ['kontakt@windkraft-nord.example', 'Windkraft Nord eG', 'DE', 'Bremen', 'Deichweg 18', '28195'],
  ['verwaltung@klinik-am-see.example', 'Klinik am See gGmbH', 'DE', 'Konstanz', 'Seeallee 1', '78462'],
  [
    'compta@atelier-lumiere.example',
    'Atelier Lumière SARL',
    'FR',
    'Lyon',
    '8 rue des Écoles',
    '69002',
    'FR40303265045',
  ],
  [
    'factures@boulangerie-du-marche.example',
    'Boulangerie du Marché',
    'FR',
    'Nantes',
    '3 place du Bouffay',
    '44000',
  ],
  ['gestion@cote-ouest.example', 'Côte Ouest Voiles SAS', 'FR', 'La Rochelle', '17 quai Valin', '17000'],
  ['admin@garonne-data.example', "L'Étoile de Garonne SA", 'FR', 'Bordeaux', '40 cours Victor-Hugo', '33000'],
  ['ap@brightwater.example', 'Brightwater Analytics, Inc.', 'US', 'Portland', '1200 NW Naito Pkwy', '97209'],
  ['billing@copperfield.example', 'Copperfield & Daughters LLC', 'US', 'Austin', '55 Congress Ave', '78701'],
  ['accounts@northfork.example', 'North Fork Outfitters', 'US', 'Boise', '9 River St', '83702'],
  [
    'finance@harbourmill.example',
    'Harbour Mill Ltd',
    'GB',
    'Bristol',
    '2 Welsh Back',
    'BS1 4SB',
    'GB980780684',
  ],
  [
    'administratie@grachtenwerk.example',
    'Grachtenwerk B.V.',
    'NL',
    'Amsterdam',
    'Prinsengracht 263',
    '1016 GV',
    'NL004495445B01',
  ],
  [
    'buchhaltung@donau-technik.example',
    'Donau Technik GmbH',
    'AT',
    'Wien',
    'Praterstraße 14',
    '1020',
    'ATU13585627',
  ],
  [
    'facturen@schelde.example',
    'Schelde Maritiem NV',
    'BE',
    'Antwerpen',
    'Scheldekaai 5',
    '2000',
    'BE0428759497',
  ],
  [
    'amministrazione@officina-verde.example',
    'Officina Verde S.r.l.',
    'IT',
    'Torino',
    'Via Po 31',
    '10124',
    'IT00743110157',
  ],
  [
    'ksiegowosc@wisla-soft.example',
    'Wisła Soft Sp. z o.o.',
    'PL',
    'Kraków',
    'ul. Długa 8',
    '31-146',
    'PL8567346215',
  ],
  ['bogholderi@oresund.example', 'Øresund Design ApS', 'DK', 'København', 'Nyhavn 17', '1051', 'DK13585628'],
  ['laskut@saimaa.example', 'Saimaa Ääni Oy', 'FI', 'Lappeenranta', 'Satamatie 2', '53900', 'FI20774740'],
  ['keiri@sakura-seisakusho.example', '株式会社さくら製作所', 'JP', '大阪市', '北区梅田 1-2-3', '530-0001'],
  ['rechnung@zuerisee.example', 'Zürisee Treuhand', 'CH', 'Zürich', 'Seestrasse 40', '8002'],
];

const PEOPLE: Row[] = [
  ['zoe.luedenscheidt@example.org', 'Zoë Lüdenscheidt', 'DE', 'Freiburg', 'Gartenweg 2', '79098'],
  ['lukasz.zolc@example.org', 'Łukasz Żółć', 'PL', 'Gdańsk', 'ul. Morska 11', '80-001'],
  ['aevar@example.org', 'Ævar Þórsson', 'IS', 'Reykjavík', 'Laugavegur 60', '101'],
  ['francois.lhopital@example.org', 'François de L’Hôpital', 'FR', 'Paris', '12 rue Mouffetard', '75005'],
  ['nuria.pena@example.org', 'Núria Peña i Ferrer', 'ES', 'Barcelona', 'Carrer de Sants 70', '08014'],
  ['john.doyle@example.org', 'John Doyle', 'US', 'Denver', '77 Colfax Ave', '80203'],
  ['olena@example.org', 'Олена Шевченко', 'UA', 'Київ', 'вул. Хрещатик 22', '01001'],
  ['mehmet.guenes@example.org', 'Mehmet Güneş', 'DE', 'Duisburg', 'Ruhrufer 9', '47051'],
  ['goodbye@example.org', 'Petra Abschied', 'DE', 'Kassel', 'Letzte Straße 1', '34117'],
  ['li.na@example.org', '李娜', 'SG', 'Singapore', '1 Fullerton Rd', '049213'],
];

function person([email, name, country, city, line1, zip, vat]: Row): Person {
  const one: Person = { email, name, country, city, line1, postal_code: zip };
  if (vat) one.vat = { type: country === 'GB' ? 'gb_vat' : 'eu_vat', value: vat };
  return one;
}

/** 36 customers; one of them is known by its e-mail address only. */
export const customers: Person[] = [
  ...COMPANIES.map(person),
  ...PEOPLE.map(person),
  { email: 'only-an-address@example.net' },
];

/** Cards of those whose payments go another way. */
export const cards: Record<string, string> = {
  'office@spreewerk.example': 'pm_card_visa_chargeDeclinedInsufficientFunds',
  'mehmet.guenes@example.org': 'pm_card_refundFail',
};

export type ProductSpec = {
  id: string;
  name: string;
  description: string;
  /** Minor units by lookup key; monthly prices end in `monthly`. */
  prices: Record<string, [currency: string, amount: number]>;
};

export const products: ProductSpec[] = [
  {
    id: 'prod_NordStarter',
    name: 'Nordlicht Starter',
    description: 'For one team',
    prices: { starter_eur_monthly: ['eur', 2900], starter_usd_monthly: ['usd', 3200] },
  },
  {
    id: 'prod_NordTeam',
    name: 'Nordlicht Team',
    description: 'Per seat',
    prices: { team_eur_monthly: ['eur', 1250], team_usd_monthly: ['usd', 1400] },
  },
  {
    id: 'prod_NordEnterprise',
    name: 'Nordlicht Enterprise',
    description: 'With an agreed service level',
    prices: { enterprise_eur_monthly: ['eur', 49900], enterprise_usd_monthly: ['usd', 54900] },
  },
  {
    id: 'prod_NordOnboard',
    name: 'Onboarding workshop',
    description: 'One day, at your place or ours',
    prices: {
      onboarding_eur: ['eur', 95000],
      onboarding_usd: ['usd', 105000],
      onboarding_jpy: ['jpy', 148000],
    },
  },
  {
    id: 'prod_NordSupport',
    name: 'Support hour',
    description: 'By the hour, by people who wrote it',
    prices: { support_eur: ['eur', 11900], support_usd: ['usd', 12900] },
  },
  {
    id: 'prod_NordHandbuch',
    name: 'Handbook, printed',
    description: 'The whole manual on paper',
    prices: { handbook_eur: ['eur', 3495], handbook_usd: ['usd', 3795] },
  },
];

export const taxRates = {
  de19: {
    display_name: 'VAT',
    percentage: 19,
    inclusive: false,
    country: 'DE',
    description: 'VAT 19 %',
    tax_type: 'vat',
  },
  fr20: {
    display_name: 'TVA',
    percentage: 20,
    inclusive: true,
    country: 'FR',
    description: 'TVA 20 %',
    tax_type: 'vat',
  },
  de7: {
    display_name: 'VAT',
    percentage: 7,
    inclusive: false,
    country: 'DE',
    description: 'VAT 7 %',
    tax_type: 'vat',
  },
} as const;

export const LAUNCH_COUPON = {
  id: 'LAUNCH10',
  name: 'Launch discount 10 %',
  percent_off: 10,
  duration: 'once',
} as const;
