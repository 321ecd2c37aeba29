/* A small pool that runs `count` independent tasks over the calling thread and its helpers.
 *
 * Tasks are handed out by a counter, so a helper that the system has put aside costs nothing: the caller closes the
 * job when the counter runs out and waits only for helpers that are inside it. Results must not depend on which
 * thread runs a task; `thread` only names the scratch memory it may use.
 *
 * Helpers are pthreads natively and worker_threads in WASM, where each enters `helper_main` and stays there. */
#ifndef KERNELS_THREADS_H
#define KERNELS_THREADS_H

#include <stdint.h>

#include "memory.h"

#define MAX_THREADS 64
#define JOB_OPEN 0x40000000

typedef void (*Task)(void *argument, int index, int thread);

typedef struct {
  int threads;
  Task task;
  void *argument;
  int32_t count;
  int32_t next;     /* the first task not handed out yet */
  int32_t gate;     /* JOB_OPEN while helpers may enter, plus the number of helpers inside */
  int32_t round;    /* grows with each job; helpers sleep on it */
  int32_t sleepers; /* helpers asleep on `round` */
  int32_t waiting;  /* the caller is asleep on `gate` */
  int32_t quit;
  float *scratch[MAX_THREADS];
  size_t scratch_floats;
#ifndef __wasm__
  struct NativePool *native;
#endif
} Pool;

static void sleep_while_equal(Pool *pool, int32_t *address, int32_t value);
static void wake_all(Pool *pool, int32_t *address);

#define ATOMIC_LOAD(p) __atomic_load_n(p, __ATOMIC_SEQ_CST)
#define ATOMIC_STORE(p, v) __atomic_store_n(p, v, __ATOMIC_SEQ_CST)
#define ATOMIC_ADD(p, v) __atomic_fetch_add(p, v, __ATOMIC_SEQ_CST)

static inline void relax(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/* Long enough to bridge the gaps between the jobs of one step, short enough not to burn a busy machine. */
#define SPINS 4000

static void run_tasks(Pool *pool, Task task, void *argument, int count, int thread) {
  for (;;) {
    const int32_t index = ATOMIC_ADD(&pool->next, 1);
    if (index >= count) return;
    task(argument, index, thread);
  }
}

/* Helper `thread` (1 ... threads - 1) serves jobs until the pool quits. */
static void helper_loop(Pool *pool, int thread) {
  int32_t seen = 0;
  for (;;) {
    for (int spin = 0; ATOMIC_LOAD(&pool->round) == seen && spin < SPINS; spin++) relax();
    while (ATOMIC_LOAD(&pool->round) == seen) {
      ATOMIC_ADD(&pool->sleepers, 1);
      sleep_while_equal(pool, &pool->round, seen);
      ATOMIC_ADD(&pool->sleepers, -1);
    }
    seen = ATOMIC_LOAD(&pool->round);
    if (ATOMIC_LOAD(&pool->quit)) return;
    int32_t gate = ATOMIC_LOAD(&pool->gate);
    while (gate & JOB_OPEN) {
      if (!__atomic_compare_exchange_n(&pool->gate, &gate, gate + 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) continue;
      run_tasks(pool, pool->task, pool->argument, pool->count, thread);
      ATOMIC_ADD(&pool->gate, -1);
      if (ATOMIC_LOAD(&pool->waiting)) wake_all(pool, &pool->gate);
      break;
    }
  }
}

/* Runs task(argument, 0 ... count - 1, thread) and returns when all are done. */
static void parallel(Pool *pool, int count, Task task, void *argument) {
  if (pool->threads == 1 || count <= 1) {
    for (int index = 0; index < count; index++) task(argument, index, 0);
    return;
  }
  pool->task = task;
  pool->argument = argument;
  pool->count = count;
  ATOMIC_STORE(&pool->next, 0);
  ATOMIC_STORE(&pool->gate, JOB_OPEN);
  ATOMIC_ADD(&pool->round, 1);
  if (ATOMIC_LOAD(&pool->sleepers)) wake_all(pool, &pool->round);
  run_tasks(pool, task, argument, count, 0);
  __atomic_fetch_and(&pool->gate, ~JOB_OPEN, __ATOMIC_SEQ_CST);
  for (int spin = 0; ATOMIC_LOAD(&pool->gate) && spin < SPINS; spin++) relax();
  for (int32_t inside; (inside = ATOMIC_LOAD(&pool->gate)) != 0;) {
    ATOMIC_STORE(&pool->waiting, 1);
    sleep_while_equal(pool, &pool->gate, inside);
    ATOMIC_STORE(&pool->waiting, 0);
  }
}

/* Makes every thread's scratch at least this large. Returns 0 when there is no memory left. */
static int reserve_scratch(Pool *pool, size_t floats) {
  if (floats <= pool->scratch_floats) return 1;
  pool->scratch_floats = 0;
  for (int t = 0; t < pool->threads; t++) {
    release(pool->scratch[t]);
    pool->scratch[t] = allocate(floats * sizeof(float));
    if (!pool->scratch[t]) return 0;
  }
  pool->scratch_floats = floats;
  return 1;
}

#ifdef __wasm__

static void sleep_while_equal(Pool *pool, int32_t *address, int32_t value) {
  (void)pool;
  __builtin_wasm_memory_atomic_wait32(address, value, 100000000 /* 0.1 s in ns */);
}
static void wake_all(Pool *pool, int32_t *address) {
  (void)pool;
  __builtin_wasm_memory_atomic_notify(address, MAX_THREADS);
}

static Pool *open_pool(int threads) {
  Pool *pool = allocate(sizeof(Pool));
  if (pool) pool->threads = threads;
  return pool;
}

/* Helpers leave on their own; their memory is the module's, which dies with it. */
static void close_pool(Pool *pool) {
  ATOMIC_STORE(&pool->quit, 1);
  ATOMIC_ADD(&pool->round, 1);
  wake_all(pool, &pool->round);
}

#else

#include <pthread.h>

struct NativePool {
  pthread_mutex_t mutex;
  pthread_cond_t changed;
  pthread_t helpers[MAX_THREADS];
};

static void sleep_while_equal(Pool *pool, int32_t *address, int32_t value) {
  pthread_mutex_lock(&pool->native->mutex);
  while (ATOMIC_LOAD(address) == value) pthread_cond_wait(&pool->native->changed, &pool->native->mutex);
  pthread_mutex_unlock(&pool->native->mutex);
}
static void wake_all(Pool *pool, int32_t *address) {
  (void)address;
  pthread_mutex_lock(&pool->native->mutex);
  pthread_cond_broadcast(&pool->native->changed);
  pthread_mutex_unlock(&pool->native->mutex);
}

typedef struct {
  Pool *pool;
  int thread;
} HelperStart;

static void *helper_start(void *argument) {
  const HelperStart start = *(HelperStart *)argument;
  release(argument);
  helper_loop(start.pool, start.thread);
  return 0;
}

static Pool *open_pool(int threads) {
  Pool *pool = allocate(sizeof(Pool));
  if (!pool) return 0;
  pool->native = allocate(sizeof(struct NativePool));
  if (!pool->native) return 0;
  pthread_mutex_init(&pool->native->mutex, 0);
  pthread_cond_init(&pool->native->changed, 0);
  pool->threads = 1;
  while (pool->threads < threads) {
    HelperStart *start = allocate(sizeof(HelperStart));
    if (!start) break;
    *start = (HelperStart){pool, pool->threads};
    if (pthread_create(&pool->native->helpers[pool->threads], 0, helper_start, start) != 0) break;
    pool->threads++;
  }
  return pool;
}

static void close_pool(Pool *pool) {
  ATOMIC_STORE(&pool->quit, 1);
  ATOMIC_ADD(&pool->round, 1);
  wake_all(pool, &pool->round);
  for (int t = 1; t < pool->threads; t++) pthread_join(pool->native->helpers[t], 0);
  pthread_cond_destroy(&pool->native->changed);
  pthread_mutex_destroy(&pool->native->mutex);
  for (int t = 0; t < pool->threads; t++) release(pool->scratch[t]);
  release(pool->native);
  release(pool);
}

#endif
#endif
