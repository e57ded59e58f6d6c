// Philox4x32-10: block `block` of the stream (seed, purpose, step, sample), the same bits as Tensors/Philox.swift.
// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
uint4 philox(const uint block, const uint sample, const uint step, const uint purpose, uint2 key) {
    uint4 counter = (uint4)(block, sample, step, purpose);
    for (int round = 0; round < 10; ++round) {
        const uint2 low = (uint2)(0xD2511F53u, 0xCD9E8D57u) * counter.xz;
        const uint2 high = mul_hi((uint2)(0xD2511F53u, 0xCD9E8D57u), counter.xz);
        counter = (uint4)(high.y ^ counter.y ^ key.x, low.y, high.x ^ counter.w ^ key.y, low.x);
        key += (uint2)(0x9E3779B9u, 0xBB67AE85u);
    }
    return counter;
}

// Words as numbers in [0, 1): their upper 24 bits, so that the conversion is exact.
float4 philoxUniform(const uint4 words) { return convert_float4(words >> 8) * 0x1p-24f; }
