/** Sweeps whose trials run on the executors of an Apache Spark cluster. */
package io.dendra.sweep.spark;
