/** The CPU backend: oneDNN or ND4J where they are good, Java loops over native memory elsewhere. */
package io.dendra.backend.cpu;
