/** Fields that the platform fills: names put together, stages and what follows from them, totals of lines and deals. */
import type { Org } from './org.ts';
import { stampOf } from './changing.ts';
import { STAGES } from './schema.ts';
import type { Row } from './table.ts';

const cents = (value: number): number => Math.round(value * 100) / 100;

/** Fills the computed fields of a row that is about to be written. */
export function derive(org: Org, object: string, row: Row, before: Row | undefined): void {
  if (object === 'Contact')
    row['Name'] = [row['FirstName'], row['LastName']].filter(Boolean).join(' ') || null;
  if (object === 'Opportunity') deriveStage(org, row, before);
  if (object === 'PricebookEntry') {
    const product = org.find('Product2', String(row['Product2Id']));
    row['Name'] = product?.['Name'] ?? null;
    row['ProductCode'] = product?.['ProductCode'] ?? null;
  }
  if (object === 'OpportunityLineItem') deriveLine(org, row);
}

function deriveStage(org: Org, row: Row, before: Row | undefined): void {
  const stage = STAGES[String(row['StageName'])];
  if (before && before['StageName'] === row['StageName']) return;
  row['LastStageChangeDate'] = before ? stampOf(org.now()) : null;
  const [probability, closed, won, forecast] = stage ?? [10, false, false, 'Pipeline'];
  const kept = before === undefined && typeof row['Probability'] === 'number';
  if (!kept) row['Probability'] = probability;
  Object.assign(row, { IsClosed: closed, IsWon: won, ForecastCategoryName: forecast });
}

function deriveLine(org: Org, row: Row): void {
  const entry = org.find('PricebookEntry', String(row['PricebookEntryId']));
  row['Product2Id'] ??= entry?.['Product2Id'] ?? null;
  const product = org.find('Product2', String(row['Product2Id']));
  const deal = org.find('Opportunity', String(row['OpportunityId']));
  row['Name'] = `${String(deal?.['Name'] ?? '')} ${String(product?.['Name'] ?? '')}`.trim();
  row['ProductCode'] = product?.['ProductCode'] ?? null;
  row['ListPrice'] = entry?.['UnitPrice'] ?? null;
  row['UnitPrice'] ??= entry?.['UnitPrice'] ?? 0;
  const off = 1 - Number(row['Discount'] ?? 0) / 100;
  row['TotalPrice'] = cents(Number(row['Quantity'] ?? 0) * Number(row['UnitPrice']) * off);
}

/** A deal's amount is the sum of its lines, once it has some. */
export function propagate(org: Org, object: string, row: Row, before: Row | undefined): void {
  if (object !== 'OpportunityLineItem') return;
  const changed = ['TotalPrice', 'IsDeleted'].some((name) => before?.[name] !== row[name]);
  if (!changed) return;
  const deal = String(row['OpportunityId']);
  const lines = org.table('OpportunityLineItem').where('OpportunityId', deal);
  const alive = lines.filter((line) => line['IsDeleted'] !== true);
  const Amount = cents(alive.reduce((sum, line) => sum + Number(line['TotalPrice']), 0));
  const has = alive.length > 0;
  org.consequence('Opportunity', deal, { Amount, HasOpportunityLineItem: has }, row['LastModifiedById']);
}
