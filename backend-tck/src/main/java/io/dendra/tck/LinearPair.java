package io.dendra.tck;

import io.dendra.tensor.Tensor;
import java.util.function.UnaryOperator;

/**
 * A linear function and its adjoint: {@code <A x, y> = <x, A* y>} for all x and y.
 *
 * @param name the name
 * @param forward A
 * @param adjoint A*
 * @param x an operand of A
 * @param y an operand of A*
 */
public record LinearPair(
    String name,
    UnaryOperator<Tensor> forward,
    UnaryOperator<Tensor> adjoint,
    Operand x,
    Operand y) {}
