/** An answer that never ends although something always comes. */
import { expect } from 'chai';
import { createHttp } from '../../sidecar/connectors/kit/http.ts';
import { Failure } from '../../sidecar/domain/failure.ts';
import { openOddServer } from '../support/odd-server.ts';

describe('kit: an answer that trickles', () => {
  it('is given up when the time for the whole is over, and counts as a trouble that passes', async () => {
    const server = await openOddServer();
    server.play = (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const drip = setInterval(() => response.write(' '), 10);
      response.on('close', () => clearInterval(drip));
    };
    const http = createHttp({
      title: 'Vendor',
      baseUrl: server.url,
      headers: {},
      perSecond: 100,
      timeoutMs: 100,
      now: Date.now,
    });
    const failure = await http.get('/v1/things').catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(Failure).and.to.include({ class: 'transient', code: 'unreachable' });
    await server.close();
  });
});
