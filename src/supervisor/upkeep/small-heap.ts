/**
 * Makes V8 prefer a small heap for the whole process. A supervisor lives for months and does little: its memory matters
 * more than its speed. V8 then collects garbage earlier and keeps less room in between: some 10 MB of 95. Child
 * processes are not affected. V8 reads the flag with each decision, so it may be set at any time
 * (Heap::ShouldOptimizeForMemoryUsage in https://chromium.googlesource.com/v8/v8/+/main/src/heap/heap.cc).
 */
import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--optimize-for-size');
// Once a busy time is over, V8 collects twice in the hope of more (Heap::memory_reducer). The second time costs some 30 ms
// of processor time while Claude works, and frees nothing here.
setFlagsFromString('--memory-reducer-gc-count=1');
