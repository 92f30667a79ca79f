/** Requests that write: what travels, what is repeated, and what a lost answer means. */
import { generateKeyPairSync, createPublicKey } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { jwtVerify } from 'jose';
import { gather } from '../../sidecar/connectors/kit/gather.ts';
import { createHttp, type HttpOptions } from '../../sidecar/connectors/kit/http.ts';
import { signedAssertion } from '../../sidecar/connectors/kit/jwt.ts';
import { tokenKeeper } from '../../sidecar/connectors/kit/token.ts';
import { parseXml } from '../../sidecar/connectors/kit/xml.ts';
import type { Transport } from '../../sidecar/domain/connector.ts';
import { Failure, InvalidData, Transient } from '../../sidecar/domain/failure.ts';
import { answer, json, openOddServer, reset, type OddServer } from '../support/odd-server.ts';

const caught = async (call: Promise<unknown>): Promise<Failure> => {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).to.be.instanceOf(Failure);
  return error as Failure;
};

const lineTo = (baseUrl: string, more: Partial<HttpOptions> = {}) =>
  createHttp({ title: 'Vendor', baseUrl, headers: {}, perSecond: 1000, now: Date.now, ...more });

describe('kit: a request that writes', () => {
  let server: OddServer;
  beforeEach(async () => void (server = await openOddServer()));
  afterEach(() => server.close());

  it('carries JSON, a form or XML with the type that says so', async () => {
    server.play = json(200, { ok: true });
    const http = lineTo(server.url);
    await http.send('PATCH', '/a', {
      json: { name: 'Ünal' },
      params: [['x', 1]],
      headers: { 'If-Match': 'v1' },
    });
    await http.send('POST', '/token', { form: { grant_type: 'a b', code: '1&2' } });
    await http.send('POST', '/soap', { xml: '<a>ü</a>' });
    expect(server.seen.map(({ method, path, body }) => [method, path, body])).to.deep.equal([
      ['PATCH', '/a?x=1', '{"name":"Ünal"}'],
      ['POST', '/token', 'grant_type=a+b&code=1%262'],
      ['POST', '/soap', '<a>ü</a>'],
    ]);
    expect(server.seen.map(({ headers }) => headers['content-type'])).to.deep.equal([
      'application/json',
      'application/x-www-form-urlencoded',
      'text/xml; charset=utf-8',
    ]);
    expect(server.seen[0]!.headers['if-match']).to.equal('v1');
  });

  it('takes an answer without content for what it is', async () => {
    server.play = (response) => void response.writeHead(204).end();
    expect(await lineTo(server.url).send('DELETE', '/a')).to.include({
      status: 204,
      body: undefined,
      text: '',
    });
  });

  it('is not repeated when its answer is lost, and says that the outcome is unknown', async () => {
    server.play = reset;
    expect(await caught(lineTo(server.url).send('PATCH', '/a', { json: {} }))).to.include({
      class: 'unknown_outcome',
      code: 'answer_lost',
    });
    expect(server.seen).to.have.length(1);
  });

  it('is repeated at once when it only asks', async () => {
    server.play = (response, seen) =>
      server.seen.length < 2 ? reset(response, seen) : json(200, { results: [] })(response, seen);
    const found = await lineTo(server.url).send('POST', '/search', { json: {}, asks: true });
    expect([found.status, server.seen.length]).to.deep.equal([200, 2]);
  });

  it('counts as not made when nobody was there to take it', async () => {
    const { url } = server;
    await server.close();
    expect(await caught(lineTo(url).send('POST', '/a', { json: {} }))).to.include({
      class: 'transient',
      code: 'unreachable',
    });
    server = await openOddServer();
  });

  it('goes through the given transport with its method and body', async () => {
    const seen: Parameters<Transport>[0][] = [];
    const transport: Transport = async (request) => {
      seen.push(request);
      return { status: 200, headers: {}, body: Buffer.from('{}') };
    };
    await lineTo('https://vendor.example', { transport }).send('PUT', '/a', { json: { b: 1 } });
    await lineTo('https://vendor.example', { transport }).get('/a');
    expect(seen.map(({ method, body }) => [method, body?.toString()])).to.deep.equal([
      ['PUT', '{"b":1}'],
      ['GET', undefined],
    ]);
  });

  it('is made once more with a fresh token when the vendor refuses the one it had', async () => {
    let made = 0;
    const keeper = tokenKeeper({
      now: Date.now,
      fetch: async () => ({ value: `t${(made += 1)}`, expiresAt: null }),
    });
    const http = lineTo(server.url, { authorize: keeper.authorize, unauthorized: keeper.unauthorized });
    server.play = (response, seen) =>
      seen.headers.authorization === 'Bearer t2'
        ? json(200, {})(response, seen)
        : json(401, { message: 'expired' })(response, seen);
    await http.send('POST', '/a', { json: {} });
    expect(server.seen.map(({ headers }) => headers.authorization)).to.deep.equal(['Bearer t1', 'Bearer t2']);
  });

  it('gives up when a fresh token is refused as well', async () => {
    const keeper = tokenKeeper({ now: Date.now, fetch: async () => ({ value: 'no', expiresAt: null }) });
    const http = lineTo(server.url, { authorize: keeper.authorize, unauthorized: keeper.unauthorized });
    server.play = answer(401, 'text/plain', 'no');
    expect(await caught(http.get('/a'))).to.include({ class: 'connection', code: 'credentials_refused' });
    expect(server.seen).to.have.length(2);
  });
});

describe('kit: token', () => {
  it('is fetched once for all who wait, and renewed before it ends', async () => {
    let clock = 0;
    let made = 0;
    const keeper = tokenKeeper({
      now: () => clock,
      earlyMs: 100,
      fetch: async () => {
        await wait(1);
        return { value: `t${(made += 1)}`, expiresAt: clock + 1000 };
      },
    });
    const all = await Promise.all(Array.from({ length: 20 }, () => keeper.get()));
    expect(new Set(all.map(({ value }) => value))).to.deep.equal(new Set(['t1']));
    clock = 899;
    expect((await keeper.get()).value).to.equal('t1');
    clock = 900;
    expect((await keeper.get()).value).to.equal('t2');
  });

  it('is asked for again after a failure, and not thrown away by a refusal of an older one', async () => {
    let made = 0;
    const keeper = tokenKeeper({
      now: () => 0,
      fetch: async () => {
        made += 1;
        if (made === 1) throw new Transient('unreachable', 'no');
        return { value: `t${made}`, expiresAt: null };
      },
    });
    await caught(keeper.get());
    expect((await keeper.get()).value).to.equal('t2');
    keeper.forget('t1');
    expect((await keeper.get()).value).to.equal('t2');
    keeper.forget('t2');
    expect((await keeper.get()).value).to.equal('t3');
  });
});

describe('kit: gather', () => {
  it('lets calls of one moment travel together, group by group and not more than fit', async () => {
    const trips: string[][] = [];
    const call = gather<string, string>({
      most: 2,
      group: (item) => item[0]!,
      together: async (items) => {
        trips.push([...items]);
        return items.map((item) => item.toUpperCase());
      },
    });
    const results = await Promise.all(['a1', 'b1', 'a2', 'a3'].map(call));
    expect(results).to.deep.equal(['A1', 'B1', 'A2', 'A3']);
    expect(trips).to.deep.equal([['a1', 'a2'], ['a3'], ['b1']]);
    await call('a4');
    expect(trips.at(-1)).to.deep.equal(['a4']);
  });

  it('settles each call by itself', async () => {
    const call = gather<number, number>({
      most: 10,
      together: async (items) =>
        items.map((item) => (item === 2 ? new InvalidData('bad_row', 'no') : item * 10)),
    });
    const [one, two, three] = await Promise.allSettled([call(1), call(2), call(3)]);
    expect([one, three]).to.deep.equal([
      { status: 'fulfilled', value: 10 },
      { status: 'fulfilled', value: 30 },
    ]);
    expect(two).to.have.property('status', 'rejected');
  });

  it('fails all when the request fails, and the one that an answer left out', async () => {
    const failing = gather<number, number>({
      most: 10,
      together: () => Promise.reject(new Transient('vendor_unwell', 'no')),
    });
    const short = gather<number, number>({ most: 10, together: async () => [1] });
    const both = await Promise.allSettled([failing(1), failing(2), short(1), short(2)]);
    expect(both.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected', 'fulfilled', 'rejected']);
  });
});

describe('kit: assertion', () => {
  it('is signed with RS256 and says who, for whom and until when in seconds', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    for (const type of ['pkcs8', 'pkcs1'] as const) {
      const pem = privateKey.export({ type, format: 'pem' }).toString().replaceAll('\n', '\\n');
      const now = Date.now();
      const claims = { issuer: 'app', subject: 'sync@acme.example', audience: 'https://login.example' };
      const text = await signedAssertion(pem, { ...claims, now, lifeMs: 180_000 });
      const { payload, protectedHeader } = await jwtVerify(text, createPublicKey(privateKey), {
        audience: 'https://login.example',
        issuer: 'app',
        currentDate: new Date(now),
      });
      expect(protectedHeader.alg).to.equal('RS256');
      expect([payload.sub, payload.exp! - payload.iat!]).to.deep.equal(['sync@acme.example', 180]);
    }
  });

  it('names the key as the trouble without showing it', async () => {
    const claims = { issuer: 'a', subject: 'b', audience: 'c', now: 0, lifeMs: 1000 };
    const failure = await caught(signedAssertion('-----BEGIN s3cret', claims));
    expect(failure.code).to.equal('bad_private_key');
    expect(failure.message).not.to.include('s3cret');
  });
});

describe('kit: XML', () => {
  it('is read without prefixes and attributes, with texts as they are written', () => {
    const text = '<s:Envelope xmlns:s="x"><s:Body><Id>001</Id><n>1</n><n>2</n></s:Body></s:Envelope>';
    expect(parseXml(text)).to.deep.equal({ Envelope: { Body: { Id: '001', n: ['1', '2'] } } });
  });

  it('is nothing when it is broken or brings entities of its own', () => {
    expect(parseXml('<a><b></a>')).to.equal(undefined);
    expect(parseXml('<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>')).to.equal(undefined);
  });
});
