/** How an object describes itself to a user: without the fields that are hidden from it. */
import type { Org } from './org.ts';
import type { Field, ObjectDef } from './fields.ts';

const NUMBERS = ['double', 'currency', 'percent'];

export function describe(org: Org, def: ObjectDef, version: string): Record<string, unknown> {
  const children = [...def.children].filter(([, { object }]) => org.objects.get(object)?.hidden === false);
  return {
    ...summary(def, version),
    fields: [...def.fields.values()].filter(({ hidden }) => !hidden).map((each) => describeField(each, def)),
    childRelationships: children.map(([relationshipName, { object, field }]) => ({
      childSObject: object,
      field,
      relationshipName,
      cascadeDelete: false,
      deprecatedAndHidden: false,
      restrictedDelete: false,
      junctionIdListNames: [],
      junctionReferenceTo: [],
    })),
    recordTypeInfos: [],
    supportedScopes: [],
    actionOverrides: [],
    namedLayoutInfos: [],
  };
}

export function summary(def: ObjectDef, version: string): Record<string, unknown> {
  const base = `/services/data/v${version}/sobjects/${def.name}`;
  return {
    name: def.name,
    label: def.name,
    labelPlural: `${def.name}s`,
    keyPrefix: def.prefix,
    custom: def.name.endsWith('__c'),
    createable: !def.frozen,
    updateable: !def.frozen,
    deletable: !def.frozen,
    undeletable: true,
    queryable: true,
    retrieveable: true,
    mergeable: ['Account', 'Contact', 'Lead', 'Case'].includes(def.name),
    replicateable: true,
    urls: { sobject: base, describe: `${base}/describe`, rowTemplate: `${base}/{ID}` },
  };
}

function describeField(field: Field, def: ObjectDef): Record<string, unknown> {
  const writable = !def.frozen && !field.readOnly && !field.frozen;
  return {
    name: field.name,
    label: field.name.replace(/__c$/, '').replaceAll('_', ' '),
    type: field.type,
    custom: field.custom,
    length: NUMBERS.includes(field.type) ? 0 : field.length,
    precision: NUMBERS.includes(field.type) ? 18 : 0,
    scale: NUMBERS.includes(field.type) ? 2 : 0,
    createable: writable,
    updateable: writable && !field.createOnly,
    nillable: !field.required,
    externalId: field.externalId,
    idLookup: field.externalId || field.type === 'id',
    unique: field.unique,
    calculated: false,
    filterable: true,
    sortable: true,
    nameField: field.name === 'Name',
    referenceTo: field.to ? [field.to] : [],
    ...(field.relationship ? { relationshipName: field.relationship } : {}),
    picklistValues: (field.values ?? []).map((value) => ({
      active: true,
      defaultValue: false,
      label: value,
      value,
    })),
    restrictedPicklist: field.values !== null,
  };
}
