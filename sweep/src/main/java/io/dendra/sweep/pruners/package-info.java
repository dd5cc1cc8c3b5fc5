/** What ends trials early. */
package io.dendra.sweep.pruners;
