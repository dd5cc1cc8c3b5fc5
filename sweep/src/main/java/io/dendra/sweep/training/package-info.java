/** What joins the training of networks to trials: pruning, checkpoints, where results come from. */
package io.dendra.sweep.training;
