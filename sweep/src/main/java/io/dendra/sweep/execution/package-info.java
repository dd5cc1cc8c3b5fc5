/** How trials are run: in threads, in processes of their own, or on other machines. */
package io.dendra.sweep.execution;
