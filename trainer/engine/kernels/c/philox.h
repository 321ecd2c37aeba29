/* Philox4x32-10 (Salmon et al., SC 2011), the same numbers as trainer/engine/random.ts. */
#ifndef KERNELS_PHILOX_H
#define KERNELS_PHILOX_H

#include <stdint.h>

static uint32_t philox_first(uint32_t c0, uint32_t c1, uint32_t c2, uint32_t c3, uint32_t key0, uint32_t key1) {
  for (int round = 0; round < 10; round++) {
    const uint64_t a = (uint64_t)0xd2511f53u * c0, b = (uint64_t)0xcd9e8d57u * c2;
    c0 = (uint32_t)(b >> 32) ^ c1 ^ key0;
    c1 = (uint32_t)b;
    c2 = (uint32_t)(a >> 32) ^ c3 ^ key1;
    c3 = (uint32_t)a;
    key0 += 0x9e3779b9u;
    key1 += 0xbb67ae85u;
  }
  return c0;
}

#define DOMAIN_SAMPLING 1

/* Uniform in [0, 1), a multiple of 2^-24. */
static double sampling_uniform(uint32_t seed, uint32_t stream, uint32_t generation, uint32_t position) {
  return (philox_first(position, generation, stream, 0, seed, DOMAIN_SAMPLING) >> 8) * (1.0 / 16777216);
}

#endif
