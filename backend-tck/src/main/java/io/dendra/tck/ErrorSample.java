package io.dendra.tck;

import java.util.List;

/**
 * A call that has to be refused.
 *
 * @param label what is wrong with it
 * @param call the op
 * @param operands how to make its operands
 * @param parts what the message has to contain
 */
public record ErrorSample(String label, OpCall call, List<Operand> operands, List<String> parts) {}
