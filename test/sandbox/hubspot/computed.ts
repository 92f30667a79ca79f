/** Values that HubSpot computes itself: what a deal's stage means, what a line comes to. */
import type { Edge } from './associations.ts';
import type { Pipeline, Row, Stage } from './records.ts';

/** To be called after every change of a record. `now`: UTC ms. */
export function compute(row: Row, pipelines: readonly Pipeline[], now: number): void {
  if (row.type === 'deals') judgeDeal(row, pipelines, now);
  if (row.type === 'line_items') price(row);
}

function judgeDeal({ values }: Row, pipelines: readonly Pipeline[], now: number): void {
  if (!values.get('pipeline')) values.set('pipeline', pipelines[0]!.id);
  const pipeline = pipelines.find(({ id }) => id === values.get('pipeline'));
  const stage = pipeline?.stages.find(({ id }) => id === values.get('dealstage'));
  if (!stage) return;
  const won = stage.closed && Number(stage.probability) === 1;
  values.set('hs_is_closed', String(stage.closed));
  values.set('hs_is_closed_won', String(won));
  values.set('hs_deal_stage_probability', stage.probability);
  if (!won) values.delete('hs_closed_won_date');
  else if (!values.get('hs_closed_won_date')) {
    const at = new Date(now).toISOString();
    values.set('hs_closed_won_date', at);
    if (!values.get('closedate')) values.set('closedate', at);
  }
}

/** What the line comes to: quantity × price, less the discount. */
function price({ values }: Row): void {
  const of = (name: string, otherwise: number) => Number(values.get(name) ?? otherwise);
  const unit = (of('price', 0) - of('discount', 0)) * (1 - of('hs_discount_percentage', 0) / 100);
  values.set('amount', String(Math.round(of('quantity', 1) * unit * 100) / 100));
}

/** A contact's company is the one that is its primary. */
export function employ(row: Row, companies: readonly Edge[]): void {
  const primary = companies.find(({ types }) => types.some(({ typeId }) => typeId === 1));
  if (primary) row.values.set('associatedcompanyid', primary.id);
  else row.values.delete('associatedcompanyid');
}

/** The pipeline that every portal begins with. */
export function standardPipeline(): Pipeline {
  const stage = (id: string, label: string, probability: string, closed = false): Stage => ({
    id,
    label,
    closed,
    probability,
  });
  return {
    id: 'default',
    label: 'Sales Pipeline',
    stages: [
      stage('appointmentscheduled', 'Appointment Scheduled', '0.2'),
      stage('qualifiedtobuy', 'Qualified To Buy', '0.4'),
      stage('presentationscheduled', 'Presentation Scheduled', '0.6'),
      stage('decisionmakerboughtin', 'Decision Maker Bought-In', '0.8'),
      stage('contractsent', 'Contract Sent', '0.9'),
      stage('closedwon', 'Closed Won', '1.0', true),
      stage('closedlost', 'Closed Lost', '0.0', true),
    ],
  };
}
