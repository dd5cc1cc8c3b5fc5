/** A study as one HTML page that needs nothing else: no network, no server. */
package io.dendra.sweep.report;
