/** Data sets on the host: arrays and generators, their pipelines, file formats and known sets. */
package io.dendra.data;
