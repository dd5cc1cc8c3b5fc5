/**
 * Dendra measured like the other deep-learning libraries for the JVM: the same networks, data and
 * protocol, one process per measurement, one line of CSV each.
 */
package io.dendra.benchmarks.peers;
