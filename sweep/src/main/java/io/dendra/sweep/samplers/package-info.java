/** What draws the parameters of trials. */
package io.dendra.sweep.samplers;
