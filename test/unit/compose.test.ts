// docker-compose.yml keeps its promises, as far as they can be read without an engine.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { parse } from 'yaml';

interface Service {
  image?: string;
  build?: { dockerfile: string; target: string };
  command?: string | string[];
  environment?: Record<string, string | number>;
  healthcheck?: object;
  depends_on?: Record<string, { condition: string }>;
  ports?: string[];
  volumes?: string[];
  secrets?: string[];
  restart?: string;
  read_only?: boolean;
  profiles?: string[];
}

interface Compose {
  services: Record<string, Service>;
  secrets: Record<string, { file?: string }>;
  volumes: Record<string, object>;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const compose = parse(readFileSync(`${root}docker-compose.yml`, 'utf8'), { merge: true }) as Compose;
const services = Object.entries(compose.services);
const dockerfile = readFileSync(`${root}docker/sidecar.Dockerfile`, 'utf8');

const hasHealthcheck = (service: Service): boolean =>
  service.healthcheck !== undefined ||
  (service.build?.target === 'sidecar' && /^HEALTHCHECK /m.test(dockerfile));

describe('docker-compose.yml', () => {
  for (const [name, service] of services) {
    it(`${name} says when it is well, and waits for whom it needs`, () => {
      expect(hasHealthcheck(service)).to.equal(true);
      for (const [needed, { condition }] of Object.entries(service.depends_on ?? {})) {
        expect(condition).to.equal('service_healthy');
        expect(hasHealthcheck(compose.services[needed] ?? {}), needed).to.equal(true);
      }
    });

    it(`${name} restarts, and writes only where it is told`, () => {
      expect(service.restart).to.equal('unless-stopped');
      expect(service.read_only).to.equal(true);
    });

    it(`${name} comes from a pinned image or from this repository`, () => {
      if (service.build) expect(existsSync(root + service.build.dockerfile)).to.equal(true);
      else expect(service.image).to.match(/:v?\d+(\.\d+)*(-[a-z]+)?$/);
    });

    it(`${name} holds no password, only the name of a file`, () => {
      for (const [key, value] of Object.entries(service.environment ?? {})) {
        if (/PASSWORD|KEY|SECRET|TOKEN/.test(key)) {
          expect(key).to.match(/_FILE$/);
          expect(service.secrets?.map((secret) => `/run/secrets/${secret}`)).to.include(value);
        }
      }
      expect([service.command ?? []].flat().join(' ')).not.to.match(/passw|secret|token/i);
    });

    it(`${name} publishes nothing beyond this machine`, () => {
      for (const port of service.ports ?? []) expect(port).to.match(/^127\.0\.0\.1:/);
    });

    it(`${name} keeps its data in declared volumes`, () => {
      const named = (service.volumes ?? [])
        .map((volume) => volume.split(':')[0] ?? '')
        .filter((v) => !v.startsWith('.'));
      for (const volume of named) expect(compose.volumes).to.have.property(volume);
    });
  }

  it('takes every secret from a file that git ignores', () => {
    for (const { file } of Object.values(compose.secrets)) expect(file).to.match(/^\.\/secrets\/\w+\.txt$/);
    expect(readFileSync(`${root}.gitignore`, 'utf8')).to.match(/^secrets\/$/m);
  });

  it('never publishes the database', () => {
    expect(compose.services['postgres']?.ports).to.equal(undefined);
  });

  it('starts the sandbox only for a demonstration, and who watches only if asked', () => {
    const extra = services.flatMap(([name, { profiles }]) => (profiles ? [[name, ...profiles]] : []));
    expect(extra).to.deep.equal([
      ['sandbox', 'demo'],
      ['prometheus', 'monitoring'],
      ['grafana', 'monitoring'],
    ]);
  });

  it('gives the watchers files that are there', () => {
    for (const name of ['prometheus', 'grafana'])
      for (const volume of compose.services[name]?.volumes ?? [])
        if (volume.startsWith('./')) expect(existsSync(root + volume.split(':')[0]), volume).to.equal(true);
  });
});

describe('docker/', () => {
  it('joins the websocket port to the same address', () => {
    const nginx = readFileSync(`${root}docker/nginx.conf`, 'utf8');
    expect(nginx).to.match(/location \/websocket \{\s+proxy_pass http:\/\/odoo:8072;/);
  });

  it('never runs our own programs as root', () => {
    const stages = dockerfile.split(/^FROM /m).filter((stage) => /^CMD /m.test(stage));
    expect(stages).to.have.length(2);
    for (const stage of stages) expect(stage).to.match(/^USER node$/m);
  });
});
