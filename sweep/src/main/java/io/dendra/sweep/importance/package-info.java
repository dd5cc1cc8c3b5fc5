/** Which parameters matter. */
package io.dendra.sweep.importance;
