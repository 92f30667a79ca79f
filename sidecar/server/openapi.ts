/** The admin API described for machines, made from the table that serves it. */
import * as z from 'zod';
import type { Route } from './admin.ts';

const PROBLEM = { $ref: '#/components/responses/Problem' };

/** An OpenAPI 3.0 document. */
export function openApi(routes: readonly Route[], version: string): unknown {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes)
    paths[`/admin/v1${route.path}`] = {
      ...paths[`/admin/v1${route.path}`],
      [route.method]: operation(route),
    };
  return {
    openapi: '3.0.3',
    info: { title: 'saas_sync admin API', version },
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      responses: {
        Problem: {
          description: 'A problem (RFC 9457): what is wrong, and in `hint` the way out',
          content: { 'application/problem+json': { schema: schemaOf(ProblemBody) } },
        },
      },
    },
  };
}

const ProblemBody = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  hint: z.string().optional(),
});

function operation(route: Route): unknown {
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  return {
    summary: route.summary,
    parameters: [...inPath, ...queryParameters(route.query)],
    ...(route.body
      ? { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(route.body) } } } }
      : {}),
    responses: { 200: { description: 'Done', content: { 'application/json': {} } }, default: PROBLEM },
  };
}

function queryParameters(query: z.ZodObject | undefined): unknown[] {
  return Object.entries(query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: !(schema as z.ZodType).safeParse(undefined).success,
    schema: schemaOf(schema as z.ZodType),
  }));
}

const schemaOf = (schema: z.ZodType): unknown =>
  z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input', unrepresentable: 'any' });
