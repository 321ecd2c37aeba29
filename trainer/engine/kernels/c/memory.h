/* Allocation, always outside a step: 64-byte aligned blocks of zeros, and the count of bytes they hold. */
#ifndef KERNELS_MEMORY_H
#define KERNELS_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/* Returns 0 when there is no memory left. */
static void *allocate(size_t bytes);
static void release(void *block);

#ifdef __wasm__

/* The module's memory has no allocator, so here is one: first fit over a list of free blocks kept by address, joined
 * with their neighbours when freed. A handful of large blocks live at a time, so the list stays short. A free block at the
 * end is given up, so that one that grows does so in place, without leaving a hole of its old size. */
typedef struct HeapBlock {
  size_t bytes; /* of the payload */
  struct HeapBlock *next;
  char padding[64 - sizeof(size_t) - sizeof(void *)];
} HeapBlock;

extern unsigned char __heap_base;
static HeapBlock *free_blocks;
static size_t heap_end;

static int grow_heap(size_t end) {
  const size_t have = __builtin_wasm_memory_size(0) << 16;
  if (end <= have) return 1;
  return __builtin_wasm_memory_grow(0, (end - have + 0xffff) >> 16) != (size_t)-1;
}

static void *allocate(size_t bytes) {
  if (bytes > 0xfff00000u) return 0;
  bytes = (bytes + 63) & ~(size_t)63;
  if (!heap_end) heap_end = ((size_t)&__heap_base + 63) & ~(size_t)63;
  HeapBlock *block = 0;
  for (HeapBlock **at = &free_blocks; *at; at = &(*at)->next) {
    if ((*at)->bytes < bytes) continue;
    block = *at;
    if (block->bytes >= bytes + 2 * sizeof(HeapBlock)) {
      HeapBlock *rest = (HeapBlock *)((char *)(block + 1) + bytes);
      rest->bytes = block->bytes - bytes - sizeof(HeapBlock);
      rest->next = block->next;
      block->bytes = bytes;
      *at = rest;
    } else {
      *at = block->next;
    }
    break;
  }
  if (!block) {
    const size_t end = heap_end + sizeof(HeapBlock) + bytes;
    if (end < heap_end || !grow_heap(end)) return 0;
    block = (HeapBlock *)heap_end;
    block->bytes = bytes;
    heap_end = end;
  }
  __builtin_memset(block + 1, 0, block->bytes);
  return block + 1;
}

static void release(void *pointer) {
  if (!pointer) return;
  HeapBlock *block = (HeapBlock *)pointer - 1, **at = &free_blocks;
  while (*at && *at < block) at = &(*at)->next;
  block->next = *at;
  *at = block;
  for (HeapBlock *left = free_blocks; left && left->next;) {
    if ((char *)(left + 1) + left->bytes == (char *)left->next) {
      left->bytes += sizeof(HeapBlock) + left->next->bytes;
      left->next = left->next->next;
    } else {
      left = left->next;
    }
  }
  at = &free_blocks;
  while ((*at)->next) at = &(*at)->next;
  if ((size_t)(*at + 1) + (*at)->bytes == heap_end) {
    heap_end = (size_t)*at;
    *at = 0;
  }
}

#else

#include <stdlib.h>
#include <sys/mman.h>

#define HUGE_PAGE ((uintptr_t)2 << 20)

/* Not memset: pages from the system are zero already, and stay untouched until used. Large blocks ask for large pages:
 * keys and values of many sequences lie far apart, and the processor remembers few places of small ones. */
static void *allocate(size_t bytes) {
  char *raw = calloc(1, bytes + 128);
  if (!raw) return 0;
  char *block = (char *)(((uintptr_t)raw + 127) & ~(uintptr_t)63);
#ifdef MADV_HUGEPAGE
  const uintptr_t from = ((uintptr_t)raw + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1), to = (uintptr_t)raw + bytes;
  if (bytes >= 2 * HUGE_PAGE) madvise((void *)from, (to - from) & ~(HUGE_PAGE - 1), MADV_HUGEPAGE);
#endif
  ((void **)block)[-1] = raw;
  return block;
}

static void release(void *block) {
  if (block) free(((void **)block)[-1]);
}

#endif
#endif
