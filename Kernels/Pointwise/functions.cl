// Functions of one and of two elements; the second operand of two may be repeated over the first.
// Mapping: Common/Vector.h's chunks, or Common/Row.h's rows where an operand is repeated over rows or columns. The
// operation is an argument, the same for all work-items: one program serves them all.
// Cost: one operation an element (tens for exp, log and pow); unary moves 8 bytes an element, binary 12, or 8 where the
// second operand is repeated.

#include "Common/Row.h"
#include "Common/Tensor.h"

// As UnaryOperation and BinaryOperation are numbered by the host.
enum { EXPONENTIAL, LOGARITHM, SQUARE_ROOT };
enum { ADD, SUBTRACT, MULTIPLY, DIVIDE, MINIMUM, MAXIMUM, POWER, GREATER_OR_EQUAL };

Vector applyUnary(const int operation, const Vector x) {
    switch (operation) {
        case EXPONENTIAL: return exp(x);
        case LOGARITHM: return log(x);
        default: return sqrt(x);
    }
}

Vector applyBinary(const int operation, const Vector a, const Vector b) {
    switch (operation) {
        case ADD: return a + b;
        case SUBTRACT: return a - b;
        case MULTIPLY: return a * b;
        case DIVIDE: return a / b;
        // NaN if either is NaN, unlike fmin and fmax: a broken loss must not look healthy.
        case MINIMUM: return select(b, a, (a < b) | isnan(a));
        case MAXIMUM: return select(b, a, (a > b) | isnan(a));
        case POWER: return pow(a, b);
        default: return select((Vector)(0.0f), (Vector)(1.0f), a >= b);
    }
}

CHUNK_KERNEL void unary(INPUT(float, x), OUTPUT(float, y), const int count, const int operation) {
    OPEN(x); OPEN(y);
    CHUNK_LOOP(i, count) {
        // Padding of 1: no function raises an exception there.
        store(applyUnary(operation, load(x + i, count - i, 1.0f)), y + i, count - i);
    }
}

CHUNK_KERNEL void binaryElementwise(
    INPUT(Activation, a), INPUT(Activation, b), OUTPUT(Activation, y), const int count, const int operation) {
    OPEN(a); OPEN(b); OPEN(y);
    CHUNK_LOOP(i, count) {
        const Vector second = loadActivations(b + i, count - i, 1.0f);
        storeActivations(applyBinary(operation, loadActivations(a + i, count - i, 1.0f), second), y + i, count - i);
    }
}

CHUNK_KERNEL void binaryScalar(
    INPUT(Activation, a), INPUT(float, b), OUTPUT(Activation, y), const int count, const int operation) {
    OPEN(a); OPEN(b); OPEN(y);
    const Vector second = (Vector)(b[0]);
    CHUNK_LOOP(i, count) {
        storeActivations(applyBinary(operation, loadActivations(a + i, count - i, 1.0f), second), y + i, count - i);
    }
}

// b is [columns], repeated for each row.
ROW_KERNEL void binaryRow(
    INPUT(Activation, a), INPUT(float, b), OUTPUT(Activation, y), const int columns, const int operation, const int rows,
    const int rowsPerGroup) {
    OPEN(a); OPEN(b); OPEN(y);
    ROW_LOOP(row, rows, rowsPerGroup) {
        const long start = (long)row * columns;
        COLUMN_LOOP(k, columns) {
            const Vector second = load(b + k, columns - k, 1.0f);
            const Vector first = loadActivations(a + start + k, columns - k, 1.0f);
            storeActivations(applyBinary(operation, first, second), y + start + k, columns - k);
        }
    }
}

// b is [rows, 1], repeated for each column.
ROW_KERNEL void binaryColumn(
    INPUT(Activation, a), INPUT(float, b), OUTPUT(Activation, y), const int columns, const int operation, const int rows,
    const int rowsPerGroup) {
    OPEN(a); OPEN(b); OPEN(y);
    ROW_LOOP(row, rows, rowsPerGroup) {
        const long start = (long)row * columns;
        const Vector second = (Vector)(b[row]);
        COLUMN_LOOP(k, columns) {
            const Vector first = loadActivations(a + start + k, columns - k, 1.0f);
            storeActivations(applyBinary(operation, first, second), y + start + k, columns - k);
        }
    }
}
