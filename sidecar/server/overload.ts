/** When senders are asked to come back later: before the backlog, the disk or the memory is beyond what is safe. */
import { statfsSync } from 'node:fs';
import { getHeapStatistics } from 'node:v8';
import { Transient, type Failure } from '../domain/failure.ts';
import type { Store } from '../engine/index.ts';

export interface OverloadLimits {
  /** More deliveries than this may not wait. */
  maxPending: number;
  /** So much of the disk stays free. */
  minFreeBytes: number;
}

/** What is measured; another than the machine's only in tests. */
export interface Gauges {
  /** Bytes free for us on the disk that holds the store. */
  freeBytes(): number;
  /** The fullest of heap and memory limit, 0…1. */
  memoryUsed(): number;
}

export interface OverloadDeps {
  store: Pick<Store, 'depth'>;
  limits: OverloadLimits;
  gauges: Gauges;
  /** UTC ms. */
  now: () => number;
}

/** Looked at this often, not with every hook. */
const LOOK_MS = 1_000;
/** Beyond this share of its limit the process is close to being killed. */
const MEMORY_FULL = 0.92;

/** What is running short, as a failure with the way out; undefined while all is well. Looks at most once a second. */
export function createOverload(deps: OverloadDeps): () => Failure | undefined {
  let lookedAt = Number.NEGATIVE_INFINITY;
  let found: Failure | undefined;
  return () => {
    const now = deps.now();
    if (now - lookedAt >= LOOK_MS || now < lookedAt) {
      lookedAt = now;
      found = look(deps);
    }
    return found;
  };
}

function look({ store, limits, gauges }: OverloadDeps): Failure | undefined {
  const free = gauges.freeBytes();
  if (free < limits.minFreeBytes)
    return new Transient('disk_low', `The disk of the store has ${megabytes(free)} left`, {
      hint: `Free space on the disk that holds SAAS_SYNC_HOME (at least ${megabytes(limits.minFreeBytes)}). What was taken is safe, and what is refused now will be sent again.`,
      retryAfterMs: 60_000,
      args: { free_bytes: free },
    });
  const used = gauges.memoryUsed();
  if (used > MEMORY_FULL)
    return new Transient('memory_low', `The sidecar uses ${Math.round(used * 100)} % of its memory`, {
      hint: 'It goes on by itself when work in hand is done. If it lasts, give the sidecar more memory (NODE_OPTIONS=--max-old-space-size, or the limit of its container).',
      retryAfterMs: 30_000,
    });
  const { pending } = store.depth();
  if (pending > limits.maxPending)
    return new Transient(
      'backlog',
      `Too much is waiting already: ${pending.toLocaleString('en')} deliveries`,
      {
        hint: 'It will be sent again. `saas-sync status` shows what holds the work up; SAAS_SYNC_MAX_BACKLOG is the limit.',
        retryAfterMs: 60_000,
        args: { pending },
      },
    );
  return undefined;
}

const megabytes = (bytes: number): string => `${Math.floor(bytes / 1_048_576)} MB`;

/** The machine's own gauges, for a store in this folder. */
export function machineGauges(folder: string): Gauges {
  return {
    freeBytes: () => {
      try {
        const { bavail, bsize } = statfsSync(folder);
        return bavail * bsize;
      } catch {
        // A file system that tells nothing: the store itself will say when it is full.
        return Number.POSITIVE_INFINITY;
      }
    },
    memoryUsed: () => {
      const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
      const allowed = process.constrainedMemory();
      const ofContainer = allowed > 0 ? process.memoryUsage.rss() / allowed : 0;
      return Math.max(used / limit, ofContainer);
    },
  };
}
