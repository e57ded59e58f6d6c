// Reading filters [R, S, Cin, Cout] whose lanes are to be neighbouring channels of the tensor that is written: output
// channels, which lie side by side, or for an input gradient input channels, which do not.

// The floats first[0], first[stride], …
float16 loadStrided(__global const float *first, const int stride) {
    if (stride == 1) return vload16(0, first);
    float lanes[16];
    for (int lane = 0; lane < 16; lane++) lanes[lane] = first[lane * stride];
    return vload16(0, lanes);
}
