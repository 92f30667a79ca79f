// Tells V8 to be sparing with memory. Imported first, so that it holds before anything of size is loaded.
import { setFlagsFromString } from 'node:v8';

// V8 lets a heap grow to a multiple of what lives in it before it cleans up, which pays for programs that live briefly. A
// sidecar lives for months: its young generation stays as small as at the start, and its old one grows by three quarters at
// a time. Less would cost more time than it saves memory; the figures are in docs/benchmarks.md.
setFlagsFromString('--semi-space-growth-factor=1');
setFlagsFromString('--heap-growing-percent=75');
