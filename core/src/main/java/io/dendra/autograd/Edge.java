package io.dendra.autograd;

/** Which output of which node a tensor is. */
record Edge(Node node, int output) {}
