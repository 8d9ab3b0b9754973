<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="fr" sourcelanguage="en">
 <context>
  <name>AboutDialog</name>
  <message>
   <source>About tagger</source>
   <translation>À propos de tagger</translation>
  </message>
  <message>
   <source>Captions and tags for photos, made on this computer. Nothing is sent anywhere.
Apache License 2.0</source>
   <translation>Légendes et mots-clés pour photos, créés sur cet ordinateur. Rien n'est envoyé nulle part.
Licence Apache 2.0</translation>
  </message>
  <message>
   <source>Licences</source>
   <translation>Licences</translation>
  </message>
 </context>
 <context>
  <name>BatchBar</name>
  <message>
   <source>Add</source>
   <translation>Ajouter</translation>
  </message>
  <message>
   <source>Approve all</source>
   <translation>Tout approuver</translation>
  </message>
  <message>
   <source>Approve from {share}% on</source>
   <translation>Approuver à partir de {share} %</translation>
  </message>
  <message>
   <source>Caption again</source>
   <translation>Légender à nouveau</translation>
  </message>
  <message>
   <source>Everything that was ever written by this program; what you approved stays</source>
   <translation>Tout ce que ce programme a jamais écrit ; ce que vous avez approuvé reste</translation>
  </message>
  <message>
   <source>How sure a caption has to be, in percent a word</source>
   <translation>Degré de certitude exigé d'une légende, en pour cent par mot</translation>
  </message>
  <message>
   <source>One tag in all of them, which approves them</source>
   <translation>Un mot-clé pour toutes, ce qui les approuve</translation>
  </message>
  <message>
   <source>Reject all</source>
   <translation>Tout rejeter</translation>
  </message>
  <message>
   <source>Remove</source>
   <translation>Retirer</translation>
  </message>
  <message>
   <source>Tag to add</source>
   <translation>Mot-clé à ajouter</translation>
  </message>
  <message>
   <source>Tag to remove</source>
   <translation>Mot-clé à retirer</translation>
  </message>
  <message>
   <source>Take our words out</source>
   <translation>Retirer nos mots</translation>
  </message>
  <message>
   <source>Undo last change</source>
   <translation>Annuler la dernière modification</translation>
  </message>
  <message>
   <source>With the model and the settings of now; what is up to date, or decided by you, stays</source>
   <translation>Avec le modèle et les réglages actuels ; ce qui est à jour, ou décidé par vous, reste</translation>
  </message>
 </context>
 <context>
  <name>CaptionEdit</name>
  <message>
   <source>Caption</source>
   <translation>Légende</translation>
  </message>
  <message>
   <source>Enter approves, Escape takes back what was typed</source>
   <translation>Entrée approuve, Échap annule la saisie</translation>
  </message>
  <message>
   <source>No caption</source>
   <translation>Aucune légende</translation>
  </message>
 </context>
 <context>
  <name>CaptionEditor</name>
  <message>
   <source>Other captions</source>
   <translation>Autres légendes</translation>
  </message>
 </context>
 <context>
  <name>Chip</name>
  <message>
   <source>of unknown probability</source>
   <translation>de probabilité inconnue</translation>
  </message>
  <message>
   <source>{path}: added by you. Delete removes it.</source>
   <translation>{path} : ajouté par vous. Suppr le retire.</translation>
  </message>
  <message>
   <source>{path}: left out. Space takes it back in.</source>
   <translation>{path} : écarté. Espace le reprend.</translation>
  </message>
  <message>
   <source>{path}: {score}, not sure enough. Space adds it.</source>
   <translation>{path} : {score}, pas assez sûr. Espace l'ajoute.</translation>
  </message>
  <message>
   <source>{path}: {score}. Delete leaves it out.</source>
   <translation>{path} : {score}. Suppr l'écarte.</translation>
  </message>
 </context>
 <context>
  <name>ChoiceButton</name>
  <message>
   <source>probability {share}</source>
   <translation>probabilité {share}</translation>
  </message>
 </context>
 <context>
  <name>CompareDialog</name>
  <message>
   <source>Nothing was written.</source>
   <translation>Rien n'a été écrit.</translation>
  </message>
  <message>
   <source>Photo</source>
   <translation>Photo</translation>
  </message>
  <message>
   <source>Two models on the same photos</source>
   <translation>Deux modèles sur les mêmes photos</translation>
  </message>
  <message>
   <source>{done} of {total}</source>
   <translation>{done} sur {total}</translation>
  </message>
 </context>
 <context>
  <name>DecisionBar</name>
  <message>
   <source>Approve</source>
   <translation>Approuver</translation>
  </message>
  <message>
   <source>Approved</source>
   <translation>Approuvée</translation>
  </message>
  <message>
   <source>Forget what you changed here</source>
   <translation>Oublier ce que vous avez modifié ici</translation>
  </message>
  <message>
   <source>Reject</source>
   <translation>Rejeter</translation>
  </message>
  <message>
   <source>Revert</source>
   <translation>Rétablir</translation>
  </message>
  <message>
   <source>Save</source>
   <translation>Enregistrer</translation>
  </message>
  <message>
   <source>This is wrong: take it out, and do not caption this photo again</source>
   <translation>C'est faux : le retirer et ne plus légender cette photo</translation>
  </message>
  <message>
   <source>Write it into the photo, approved: no model changes it any more</source>
   <translation>L'écrire dans la photo, approuvé : aucun modèle ne le changera plus</translation>
  </message>
 </context>
 <context>
  <name>FailuresDialog</name>
  <message>
   <source>Copy the list</source>
   <translation>Copier la liste</translation>
  </message>
  <message>
   <source>Nothing was changed in these photos. The others are done.</source>
   <translation>Rien n'a été modifié dans ces photos. Les autres sont faites.</translation>
  </message>
  <message>
   <source>Photo</source>
   <translation>Photo</translation>
  </message>
  <message>
   <source>What failed</source>
   <translation>Ce qui a échoué</translation>
  </message>
  <message>
   <source>Why, and what to do</source>
   <translation>Pourquoi, et que faire</translation>
  </message>
 </context>
 <context>
  <name>FieldChanges</name>
  <message>
   <source>Approving writes this; nothing else in the file changes.</source>
   <translation>L'approbation écrit ceci ; rien d'autre ne change dans le fichier.</translation>
  </message>
  <message>
   <source>The file holds all of it already: nothing would be written.</source>
   <translation>Le fichier contient déjà tout : rien ne serait écrit.</translation>
  </message>
  <message>
   <source>This photo has no caption yet: nothing would be written.</source>
   <translation>Cette photo n'a pas encore de légende : rien ne serait écrit.</translation>
  </message>
  <message>
   <source>What would be written</source>
   <translation>Ce qui serait écrit</translation>
  </message>
  <message>
   <source>and our own record of it</source>
   <translation>et notre propre mention</translation>
  </message>
  <message>
   <source>then: {text}</source>
   <translation>ensuite : {text}</translation>
  </message>
  <message>
   <source>today: {text}</source>
   <translation>aujourd'hui : {text}</translation>
  </message>
 </context>
 <context>
  <name>Filters</name>
  <message>
   <source>&lt;b&gt;dog beach&lt;/b&gt; both words, as beginnings&lt;br&gt;&lt;b&gt;"sandy beach"&lt;/b&gt; these words in this order&lt;br&gt;&lt;b&gt;dog OR cat&lt;/b&gt; either&lt;br&gt;&lt;b&gt;-dog&lt;/b&gt; without it&lt;br&gt;&lt;b&gt;tag:dog&lt;/b&gt; with the tag, or one below it&lt;br&gt;&lt;b&gt;path:2024/may&lt;/b&gt; in the path&lt;br&gt;&lt;b&gt;since:2024-05 until:2024&lt;/b&gt; when it was taken&lt;br&gt;&lt;b&gt;score&amp;lt;0.3&lt;/b&gt; captions that the model was unsure of</source>
   <translation>&lt;b&gt;dog beach&lt;/b&gt; les deux mots, comme débuts&lt;br&gt;&lt;b&gt;"sandy beach"&lt;/b&gt; ces mots dans cet ordre&lt;br&gt;&lt;b&gt;dog OR cat&lt;/b&gt; l'un ou l'autre&lt;br&gt;&lt;b&gt;-dog&lt;/b&gt; sans ce mot&lt;br&gt;&lt;b&gt;tag:dog&lt;/b&gt; avec ce mot-clé ou un mot-clé en dessous&lt;br&gt;&lt;b&gt;path:2024/may&lt;/b&gt; dans le chemin&lt;br&gt;&lt;b&gt;since:2024-05 until:2024&lt;/b&gt; date de prise de vue&lt;br&gt;&lt;b&gt;score&amp;lt;0.3&lt;/b&gt; légendes dont le modèle n'était pas sûr</translation>
  </message>
  <message>
   <source>Clear</source>
   <translation>Effacer</translation>
  </message>
  <message>
   <source>Find a tag</source>
   <translation>Trouver un mot-clé</translation>
  </message>
  <message>
   <source>Folders</source>
   <translation>Dossiers</translation>
  </message>
  <message>
   <source>Search</source>
   <translation>Rechercher</translation>
  </message>
  <message>
   <source>Search captions and tags</source>
   <translation>Légendes et mots-clés</translation>
  </message>
  <message>
   <source>Show</source>
   <translation>Afficher</translation>
  </message>
  <message>
   <source>Show all photos</source>
   <translation>Afficher toutes les photos</translation>
  </message>
  <message>
   <source>State</source>
   <translation>État</translation>
  </message>
  <message>
   <source>Tags</source>
   <translation>Mots-clés</translation>
  </message>
  <message>
   <source>Taken</source>
   <translation>Prise de vue</translation>
  </message>
  <message>
   <source>Taken since, as 2024, 2024-05 or 2024-05-31</source>
   <translation>Prise depuis, comme 2024, 2024-05 ou 2024-05-31</translation>
  </message>
  <message>
   <source>Taken until, as 2024, 2024-05 or 2024-05-31</source>
   <translation>Prise jusqu'à, comme 2024, 2024-05 ou 2024-05-31</translation>
  </message>
  <message>
   <source>from 2023</source>
   <translation>de 2023</translation>
  </message>
  <message>
   <source>to 2024-05</source>
   <translation>à 2024-05</translation>
  </message>
  <message>
   <source>write 2024, 2024-05 or 2024-05-31</source>
   <translation>écrivez 2024, 2024-05 ou 2024-05-31</translation>
  </message>
  <message>
   <source>{date} is no date</source>
   <translation>{date} n'est pas une date</translation>
  </message>
 </context>
 <context>
  <name>FinishingDialog</name>
  <message numerus="yes">
   <source>%n still to be written</source>
   <translation>
    <numerusform>%n reste à écrire</numerusform>
    <numerusform>%n restent à écrire</numerusform>
   </translation>
  </message>
  <message>
   <source>Do not quit</source>
   <translation>Ne pas quitter</translation>
  </message>
  <message>
   <source>Finishing</source>
   <translation>Finalisation</translation>
  </message>
  <message>
   <source>Photos done</source>
   <translation>Photos terminées</translation>
  </message>
  <message>
   <source>Quit now, leave the rest undecided</source>
   <translation>Quitter maintenant, laisser le reste en suspens</translation>
  </message>
  <message>
   <source>What you decided is being written.</source>
   <translation>Ce que vous avez décidé est en cours d'écriture.</translation>
  </message>
  <message>
   <source>tagger closes by itself when it is done.</source>
   <translation>tagger se ferme de lui-même une fois que c'est fait.</translation>
  </message>
 </context>
 <context>
  <name>FolderTree</name>
  <message>
   <source>All folders</source>
   <translation>Tous les dossiers</translation>
  </message>
 </context>
 <context>
  <name>Inspector</name>
  <message>
   <source>Changes</source>
   <translation>Modifications</translation>
  </message>
  <message>
   <source>Choose a photo to see what is said of it.</source>
   <translation>Choisissez une photo pour voir ce qui en est dit.</translation>
  </message>
  <message>
   <source>Details</source>
   <translation>Détails</translation>
  </message>
  <message>
   <source>History</source>
   <translation>Historique</translation>
  </message>
  <message>
   <source>This photo has no caption yet.</source>
   <translation>Cette photo n'a pas encore de légende.</translation>
  </message>
  <message>
   <source>Words</source>
   <translation>Mots</translation>
  </message>
 </context>
 <context>
  <name>JobStrip</name>
  <message numerus="yes">
   <source> (%n more waiting)</source>
   <translation>
    <numerusform> (%n autre tâche en attente)</numerusform>
    <numerusform> (%n autres tâches en attente)</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n failed</source>
   <translation>
    <numerusform>%n échec</numerusform>
    <numerusform>%n échecs</numerusform>
   </translation>
  </message>
  <message>
   <source>Close</source>
   <translation>Fermer</translation>
  </message>
  <message>
   <source>Go on</source>
   <translation>Reprendre</translation>
  </message>
  <message>
   <source>Pause</source>
   <translation>Pause</translation>
  </message>
  <message>
   <source>Photos done</source>
   <translation>Photos terminées</translation>
  </message>
  <message>
   <source>Progress</source>
   <translation>Progression</translation>
  </message>
  <message>
   <source>Show what failed</source>
   <translation>Afficher ce qui a échoué</translation>
  </message>
  <message>
   <source>Stop</source>
   <translation>Arrêter</translation>
  </message>
  <message>
   <source>nothing to do</source>
   <translation>rien à faire</translation>
  </message>
  <message>
   <source>{done} of {total}</source>
   <translation>{done} sur {total}</translation>
  </message>
  <message>
   <source>{job}: could not go on</source>
   <translation>{job} : n'a pas pu continuer</translation>
  </message>
  <message>
   <source>{job}: done</source>
   <translation>{job} : terminé</translation>
  </message>
  <message>
   <source>{job}: paused</source>
   <translation>{job} : en pause</translation>
  </message>
  <message>
   <source>{job}: stopped; start again to do what is left</source>
   <translation>{job} : arrêté ; relancez pour faire le reste</translation>
  </message>
  <message>
   <source>{job}: stopping, the photos in hand are finished</source>
   <translation>{job} : arrêt, les photos en cours sont terminées</translation>
  </message>
 </context>
 <context>
  <name>LibraryBar</name>
  <message numerus="yes">
   <source>%n not saved</source>
   <translation>
    <numerusform>%n non enregistrée</numerusform>
    <numerusform>%n non enregistrées</numerusform>
   </translation>
  </message>
  <message>
   <source>1 photo</source>
   <translation>1 photo</translation>
  </message>
  <message>
   <source>Back to all</source>
   <translation>Retour à toutes</translation>
  </message>
  <message>
   <source>Compare {count} more</source>
   <translation>Comparer {count} de plus</translation>
  </message>
  <message>
   <source>Confidence</source>
   <translation>Certitude</translation>
  </message>
  <message>
   <source>Date captioned</source>
   <translation>Date de la légende</translation>
  </message>
  <message>
   <source>Date taken</source>
   <translation>Date de prise de vue</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>Nom</translation>
  </message>
  <message>
   <source>Photos with changes that you typed and did not save; they are kept</source>
   <translation>Photos avec des modifications saisies et non enregistrées ; elles sont conservées</translation>
  </message>
  <message>
   <source>Reverse order</source>
   <translation>Ordre inverse</translation>
  </message>
  <message>
   <source>Size of the pictures</source>
   <translation>Taille des images</translation>
  </message>
  <message>
   <source>Size of the pictures (Ctrl and the mouse wheel)</source>
   <translation>Taille des images (Ctrl et la molette)</translation>
  </message>
  <message>
   <source>Sort by</source>
   <translation>Trier par</translation>
  </message>
  <message>
   <source>The model has to look at each of them once</source>
   <translation>Le modèle doit regarder chacune une fois</translation>
  </message>
  <message>
   <source>changed and not saved</source>
   <translation>modifiées et non enregistrées</translation>
  </message>
  <message>
   <source>similar to {name}</source>
   <translation>semblable à {name}</translation>
  </message>
  <message>
   <source>{count} photos</source>
   <translation>{count} photos</translation>
  </message>
  <message>
   <source>{photos}, {count} selected</source>
   <translation>{photos}, {count} sélectionnées</translation>
  </message>
 </context>
 <context>
  <name>LibrarySession</name>
  <message>
   <source>Captioning</source>
   <translation>Légendage</translation>
  </message>
  <message>
   <source>Doing again</source>
   <translation>Rétablissement</translation>
  </message>
  <message>
   <source>Taking off the list</source>
   <translation>Retrait de la liste</translation>
  </message>
  <message>
   <source>Taking our words out</source>
   <translation>Retrait de nos mots</translation>
  </message>
  <message>
   <source>Undoing</source>
   <translation>Annulation</translation>
  </message>
 </context>
 <context>
  <name>LibraryView</name>
  <message>
   <source>No photo matches what you are looking for.</source>
   <translation>Aucune photo ne correspond à votre recherche.</translation>
  </message>
  <message>
   <source>No photos here yet. Drop photos or a folder onto this window.</source>
   <translation>Pas encore de photos. Déposez des photos ou un dossier sur cette fenêtre.</translation>
  </message>
  <message>
   <source>Photos</source>
   <translation>Photos</translation>
  </message>
  <message>
   <source>Search</source>
   <translation>Rechercher</translation>
  </message>
  <message>
   <source>Show all photos</source>
   <translation>Afficher toutes les photos</translation>
  </message>
 </context>
 <context>
  <name>Likening</name>
  <message>
   <source>Looking at photos</source>
   <translation>Examen des photos</translation>
  </message>
 </context>
 <context>
  <name>Looking</name>
  <message>
   <source>Loading …</source>
   <translation>Chargement …</translation>
  </message>
  <message>
   <source>Looking where the model looked …</source>
   <translation>Recherche de ce que le modèle a regardé …</translation>
  </message>
  <message>
   <source>No part of the photo matters for “{word}”</source>
   <translation>Aucune partie de la photo ne compte pour « {word} »</translation>
  </message>
  <message>
   <source>Photo {name}</source>
   <translation>Photo {name}</translation>
  </message>
  <message>
   <source>The model has no other tags for this photo</source>
   <translation>Le modèle n'a pas d'autre mot-clé pour cette photo</translation>
  </message>
  <message>
   <source>Where “{word}” comes from</source>
   <translation>D'où vient « {word} »</translation>
  </message>
  <message>
   <source>“{word}” is not a word of the model's caption</source>
   <translation>« {word} » n'est pas un mot de la légende du modèle</translation>
  </message>
 </context>
 <context>
  <name>MainWindow</name>
  <message>
   <source>A report is in {file}; it stays on this computer.</source>
   <translation>Un rapport est dans {file} ; il reste sur cet ordinateur.</translation>
  </message>
  <message>
   <source>Caption photos</source>
   <translation>Légender des photos</translation>
  </message>
  <message>
   <source>Details</source>
   <translation>Détails</translation>
  </message>
  <message>
   <source>History</source>
   <translation>Historique</translation>
  </message>
  <message>
   <source>No photo is lost; you can go on working.</source>
   <translation>Aucune photo n'est perdue ; vous pouvez continuer à travailler.</translation>
  </message>
  <message>
   <source>No report could be written.</source>
   <translation>Aucun rapport n'a pu être écrit.</translation>
  </message>
  <message>
   <source>Open a folder of photos</source>
   <translation>Ouvrir un dossier de photos</translation>
  </message>
  <message>
   <source>Photos ({suffixes})</source>
   <translation>Photos ({suffixes})</translation>
  </message>
  <message>
   <source>Something went wrong that should not have. It is a mistake in tagger.</source>
   <translation>Quelque chose s'est mal passé qui n'aurait pas dû. C'est une erreur de tagger.</translation>
  </message>
 </context>
 <context>
  <name>ModelsDialog</name>
  <message>
   <source>Add a model…</source>
   <translation>Ajouter un modèle…</translation>
  </message>
  <message>
   <source>Checking {name} …</source>
   <translation>Vérification de {name} …</translation>
  </message>
  <message>
   <source>Compare…</source>
   <translation>Comparer…</translation>
  </message>
  <message>
   <source>Drop a model here to add it: a folder, or a file .taggerbundle.</source>
   <translation>Déposez ici un modèle pour l'ajouter : un dossier ou un fichier .taggerbundle.</translation>
  </message>
  <message>
   <source>How fast it is on this computer is not measured yet.</source>
   <translation>Sa vitesse sur cet ordinateur n'est pas encore mesurée.</translation>
  </message>
  <message>
   <source>Measure its speed</source>
   <translation>Mesurer sa vitesse</translation>
  </message>
  <message>
   <source>Measuring for {seconds} seconds …</source>
   <translation>Mesure pendant {seconds} secondes …</translation>
  </message>
  <message>
   <source>Models</source>
   <translation>Modèles</translation>
  </message>
  <message>
   <source>Photos to compare on</source>
   <translation>Photos pour la comparaison</translation>
  </message>
  <message>
   <source>Teach the model the words of your corrections</source>
   <translation>Apprendre au modèle les mots de vos corrections</translation>
  </message>
  <message>
   <source>Teach…</source>
   <translation>Enseigner…</translation>
  </message>
  <message>
   <source>The folder of a model</source>
   <translation>Le dossier d'un modèle</translation>
  </message>
  <message>
   <source>Use it</source>
   <translation>L'utiliser</translation>
  </message>
  <message>
   <source>What this model and the one in use say of the same photos</source>
   <translation>Ce que ce modèle et celui qui est utilisé disent des mêmes photos</translation>
  </message>
  <message>
   <source>came along</source>
   <translation>fourni</translation>
  </message>
  <message>
   <source>in use</source>
   <translation>utilisé</translation>
  </message>
  <message>
   <source>tag precision</source>
   <translation>précision des mots-clés</translation>
  </message>
  <message>
   <source>{megabytes} MB</source>
   <translation>{megabytes} Mo</translation>
  </message>
  <message>
   <source>{rate} captions/s on this computer, on {provider}.</source>
   <translation>{rate} légendes/s sur cet ordinateur, avec {provider}.</translation>
  </message>
 </context>
 <context>
  <name>Notice</name>
  <message>
   <source>Close</source>
   <translation>Fermer</translation>
  </message>
  <message>
   <source>Problem</source>
   <translation>Problème</translation>
  </message>
 </context>
 <context>
  <name>PhotoDetails</name>
  <message>
   <source>Caption in the file</source>
   <translation>Légende dans le fichier</translation>
  </message>
  <message>
   <source>Captioned</source>
   <translation>Légendée</translation>
  </message>
  <message>
   <source>Details of the photo</source>
   <translation>Détails de la photo</translation>
  </message>
  <message>
   <source>File</source>
   <translation>Fichier</translation>
  </message>
  <message>
   <source>Folder</source>
   <translation>Dossier</translation>
  </message>
  <message>
   <source>Identity</source>
   <translation>Identité</translation>
  </message>
  <message>
   <source>Keywords in the file</source>
   <translation>Mots-clés dans le fichier</translation>
  </message>
  <message>
   <source>Model</source>
   <translation>Modèle</translation>
  </message>
  <message>
   <source>Run</source>
   <translation>Exécution</translation>
  </message>
  <message>
   <source>Sidecar</source>
   <translation>Fichier annexe</translation>
  </message>
  <message>
   <source>Size</source>
   <translation>Taille</translation>
  </message>
  <message>
   <source>Sureness</source>
   <translation>Certitude</translation>
  </message>
  <message>
   <source>Taken</source>
   <translation>Prise de vue</translation>
  </message>
  <message>
   <source>Written by</source>
   <translation>Écrit par</translation>
  </message>
  <message>
   <source>{share} a word</source>
   <translation>{share} par mot</translation>
  </message>
 </context>
 <context>
  <name>PhotoHistory</name>
  <message>
   <source>History of this photo</source>
   <translation>Historique de cette photo</translation>
  </message>
  <message>
   <source>Nothing was written into this photo yet.</source>
   <translation>Rien n'a encore été écrit dans cette photo.</translation>
  </message>
  <message>
   <source>Put back what was there before</source>
   <translation>Remettre ce qu'il y avait avant</translation>
  </message>
  <message>
   <source>Undo</source>
   <translation>Annuler</translation>
  </message>
  <message>
   <source>Undo: {what}, {when}</source>
   <translation>Annuler : {what}, {when}</translation>
  </message>
 </context>
 <context>
  <name>PictureView</name>
  <message>
   <source>Every pixel</source>
   <translation>Chaque pixel</translation>
  </message>
  <message>
   <source>Photo</source>
   <translation>Photo</translation>
  </message>
  <message>
   <source>Plus and minus zoom, 0 fits the window, 1 shows every pixel</source>
   <translation>Plus et moins zooment, 0 ajuste à la fenêtre, 1 montre chaque pixel</translation>
  </message>
  <message>
   <source>Whole photo</source>
   <translation>Photo entière</translation>
  </message>
  <message>
   <source>Zoom in</source>
   <translation>Agrandir</translation>
  </message>
  <message>
   <source>Zoom out</source>
   <translation>Réduire</translation>
  </message>
 </context>
 <context>
  <name>Review</name>
  <message>
   <source>Looking for photos that wait for you …</source>
   <translation>Recherche des photos qui vous attendent …</translation>
  </message>
  <message>
   <source>No photo waits for you. Captions that are not written yet appear here.</source>
   <translation>Aucune photo ne vous attend. Les légendes pas encore écrites apparaissent ici.</translation>
  </message>
  <message numerus="yes">
   <source>That was all: %n decided, {left} left undecided.</source>
   <translation>
    <numerusform>C'était tout : %n décidée, {left} sans décision.</numerusform>
    <numerusform>C'était tout : %n décidées, {left} sans décision.</numerusform>
   </translation>
  </message>
  <message>
   <source>This photo has no caption yet.</source>
   <translation>Cette photo n'a pas encore de légende.</translation>
  </message>
  <message>
   <source>approved</source>
   <translation>approuvée</translation>
  </message>
  <message>
   <source>rejected</source>
   <translation>rejetée</translation>
  </message>
  <message>
   <source>the decision was stopped before it was written</source>
   <translation>la décision a été arrêtée avant d'être écrite</translation>
  </message>
  <message>
   <source>{at} of {all}</source>
   <translation>{at} sur {all}</translation>
  </message>
  <message>
   <source>{count} still to be written</source>
   <translation>{count} encore à écrire</translation>
  </message>
  <message>
   <source>{count} to decide</source>
   <translation>{count} à décider</translation>
  </message>
 </context>
 <context>
  <name>ReviewPage</name>
  <message>
   <source>Back to the library</source>
   <translation>Retour à la bibliothèque</translation>
  </message>
  <message>
   <source>Close the review</source>
   <translation>Fermer la révision</translation>
  </message>
  <message>
   <source>Enter approves  ·  Backspace rejects  ·  Right and Left turn  ·  E edits  ·  U takes back</source>
   <translation>Entrée approuve  ·  Retour arrière rejette  ·  Droite et gauche naviguent  ·  E modifie  ·  U annule</translation>
  </message>
  <message>
   <source>Look again</source>
   <translation>Regarder à nouveau</translation>
  </message>
 </context>
 <context>
  <name>SelectionPage</name>
  <message numerus="yes">
   <source>%n photos selected</source>
   <translation>
    <numerusform>%n photo sélectionnée</numerusform>
    <numerusform>%n photos sélectionnées</numerusform>
   </translation>
  </message>
  <message>
   <source>Tags: {tags}</source>
   <translation>Mots-clés : {tags}</translation>
  </message>
  <message>
   <source>The first {count}: {text}</source>
   <translation>Les {count} premières : {text}</translation>
  </message>
 </context>
 <context>
  <name>SettingsDialog</name>
  <message>
   <source>All libraries</source>
   <translation>Toutes les bibliothèques</translation>
  </message>
  <message>
   <source>As the desktop</source>
   <translation>Comme le bureau</translation>
  </message>
  <message>
   <source>It changes when the program is started again.</source>
   <translation>Le changement se fait au prochain démarrage du programme.</translation>
  </message>
  <message>
   <source>Language</source>
   <translation>Langue</translation>
  </message>
  <message>
   <source>Of this program; captions are in the language of the model.</source>
   <translation>Celle de ce programme ; les légendes sont dans la langue du modèle.</translation>
  </message>
  <message>
   <source>Only “{library}”</source>
   <translation>Seulement « {library} »</translation>
  </message>
  <message>
   <source>Photos, captions and tags never leave this computer: the model runs here, without a network.</source>
   <translation>Photos, légendes et mots-clés ne quittent jamais cet ordinateur : le modèle tourne ici, sans réseau.</translation>
  </message>
  <message>
   <source>Privacy</source>
   <translation>Vie privée</translation>
  </message>
  <message>
   <source>Reports of crashes are files on this computer. You decide whether anybody gets one.</source>
   <translation>Les rapports de plantage sont des fichiers sur cet ordinateur. Vous décidez si quelqu'un en reçoit un.</translation>
  </message>
  <message>
   <source>Settings</source>
   <translation>Réglages</translation>
  </message>
  <message>
   <source>Settings are in {file}.</source>
   <translation>Les réglages sont dans {file}.</translation>
  </message>
  <message>
   <source>The index and the undo history are in the folder .tagger of each library.</source>
   <translation>L'index et l'historique d'annulation sont dans le dossier .tagger de chaque bibliothèque.</translation>
  </message>
  <message>
   <source>There is no account, no count of what you do, and no look for updates.</source>
   <translation>Il n'y a ni compte, ni relevé de ce que vous faites, ni recherche de mises à jour.</translation>
  </message>
  <message>
   <source>There is nothing to choose here, because nothing is sent.</source>
   <translation>Il n'y a rien à choisir ici, car rien n'est envoyé.</translation>
  </message>
  <message>
   <source>These settings hold for</source>
   <translation>Ces réglages valent pour</translation>
  </message>
 </context>
 <context>
  <name>TagChips</name>
  <message>
   <source>Add a tag</source>
   <translation>Ajouter un mot-clé</translation>
  </message>
  <message>
   <source>Suggest more</source>
   <translation>En proposer plus</translation>
  </message>
  <message>
   <source>Tags of which the model is not sure enough to write them by itself</source>
   <translation>Mots-clés dont le modèle n'est pas assez sûr pour les écrire de lui-même</translation>
  </message>
 </context>
 <context>
  <name>TeachDialog</name>
  <message>
   <source>Beginning …</source>
   <translation>Début…</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>Annuler</translation>
  </message>
  <message>
   <source>Found again</source>
   <translation>Retrouvées</translation>
  </message>
  <message>
   <source>Learn my captions too (takes minutes)</source>
   <translation>Apprendre aussi mes légendes (prend quelques minutes)</translation>
  </message>
  <message>
   <source>Looking at your corrections …</source>
   <translation>Lecture de vos corrections…</translation>
  </message>
  <message>
   <source>On others</source>
   <translation>Sur d’autres</translation>
  </message>
  <message>
   <source>Photos</source>
   <translation>Photos</translation>
  </message>
  <message>
   <source>Stopped. Nothing was kept.</source>
   <translation>Arrêté. Rien n’a été gardé.</translation>
  </message>
  <message>
   <source>Stopping …</source>
   <translation>Arrêt…</translation>
  </message>
  <message>
   <source>Tag</source>
   <translation>Mot-clé</translation>
  </message>
  <message>
   <source>Take it back</source>
   <translation>Revenir en arrière</translation>
  </message>
  <message>
   <source>Teach</source>
   <translation>Enseigner</translation>
  </message>
  <message>
   <source>Teach the model your words</source>
   <translation>Apprendre vos mots au modèle</translation>
  </message>
  <message>
   <source>What was learned</source>
   <translation>Ce qui a été appris</translation>
  </message>
  <message>
   <source>off</source>
   <translation>désactivé</translation>
  </message>
  <message>
   <source>{approved} photos approved, {edited} corrected, {rejected} rejected; {added} tags put in, {removed} taken out.</source>
   <translation>{approved} photos approuvées, {edited} corrigées, {rejected} refusées ; {added} mots-clés ajoutés, {removed} retirés.</translation>
  </message>
  <message>
   <source>{done} of {total}</source>
   <translation>{done} sur {total}</translation>
  </message>
  <message>
   <source>{model} is used again.</source>
   <translation>{model} est de nouveau utilisé.</translation>
  </message>
  <message>
   <source>{model} is used from now on. Photos change when you have them captioned again.</source>
   <translation>{model} est utilisé désormais. Les photos changent quand vous les faites légender à nouveau.</translation>
  </message>
 </context>
 <context>
  <name>Tray</name>
  <message>
   <source>Go on</source>
   <translation>Reprendre</translation>
  </message>
  <message>
   <source>Go on watching</source>
   <translation>Reprendre la surveillance</translation>
  </message>
  <message>
   <source>Pause</source>
   <translation>Pause</translation>
  </message>
  <message>
   <source>Pause watching</source>
   <translation>Suspendre la surveillance</translation>
  </message>
  <message>
   <source>Quit</source>
   <translation>Quitter</translation>
  </message>
  <message>
   <source>Show the window</source>
   <translation>Afficher la fenêtre</translation>
  </message>
  <message>
   <source>Watched folders</source>
   <translation>Dossiers surveillés</translation>
  </message>
  <message>
   <source>Watching is paused; {count} wait.</source>
   <translation>La surveillance est suspendue ; {count} en attente.</translation>
  </message>
  <message>
   <source>Watching; {count} wait.</source>
   <translation>Surveillance en cours ; {count} en attente.</translation>
  </message>
 </context>
 <context>
  <name>UndoPanel</name>
  <message>
   <source>Also what later runs did to these photos</source>
   <translation>Aussi ce que des exécutions ultérieures ont fait à ces photos</translation>
  </message>
  <message>
   <source>Do it again</source>
   <translation>Refaire</translation>
  </message>
  <message>
   <source>History</source>
   <translation>Historique</translation>
  </message>
  <message>
   <source>Nothing was written in this library yet.</source>
   <translation>Rien n'a encore été écrit dans cette bibliothèque.</translation>
  </message>
  <message>
   <source>Otherwise a photo that a later run changed too is left as it is, and listed as failed.</source>
   <translation>Sinon, une photo modifiée aussi par une exécution ultérieure reste telle quelle et figure parmi les échecs.</translation>
  </message>
  <message>
   <source>Run {run}</source>
   <translation>Exécution {run}</translation>
  </message>
  <message>
   <source>Undo this run</source>
   <translation>Annuler cette exécution</translation>
  </message>
  <message>
   <source>What it changed</source>
   <translation>Ce qu'elle a modifié</translation>
  </message>
  <message>
   <source>What the run changed</source>
   <translation>Ce que l'exécution a modifié</translation>
  </message>
  <message>
   <source>… and more</source>
   <translation>… et d'autres</translation>
  </message>
 </context>
 <context>
  <name>WatchingDialog</name>
  <message>
   <source>A folder to watch</source>
   <translation>Un dossier à surveiller</translation>
  </message>
  <message>
   <source>Add a folder…</source>
   <translation>Ajouter un dossier…</translation>
  </message>
  <message>
   <source>Go on</source>
   <translation>Reprendre</translation>
  </message>
  <message>
   <source>Nothing is watched now.</source>
   <translation>Rien n'est surveillé pour l'instant.</translation>
  </message>
  <message>
   <source>Pause</source>
   <translation>Pause</translation>
  </message>
  <message>
   <source>Paused by you: photos that arrive wait.</source>
   <translation>Suspendu par vous : les photos qui arrivent attendent.</translation>
  </message>
  <message>
   <source>Paused: {reason}.</source>
   <translation>En pause : {reason}.</translation>
  </message>
  <message>
   <source>Photos that arrive in these folders are captioned by themselves, from login on, also while this window is closed. On battery it pauses.</source>
   <translation>Les photos qui arrivent dans ces dossiers sont légendées d'elles-mêmes, dès l'ouverture de session, même si cette fenêtre est fermée. Sur batterie, c'est en pause.</translation>
  </message>
  <message>
   <source>Remove</source>
   <translation>Retirer</translation>
  </message>
  <message>
   <source>So far: {counts}.</source>
   <translation>Jusqu'ici : {counts}.</translation>
  </message>
  <message>
   <source>Stop watching</source>
   <translation>Ne plus surveiller</translation>
  </message>
  <message>
   <source>Watch folders</source>
   <translation>Surveiller des dossiers</translation>
  </message>
  <message>
   <source>Watch from now on</source>
   <translation>Surveiller désormais</translation>
  </message>
  <message>
   <source>Watching; {count} wait.</source>
   <translation>Surveillance en cours ; {count} en attente.</translation>
  </message>
  <message>
   <source>What arrives meanwhile waits; it holds after a restart too</source>
   <translation>Ce qui arrive entre-temps attend ; cela vaut aussi après un redémarrage</translation>
  </message>
  <message>
   <source>on battery</source>
   <translation>sur batterie</translation>
  </message>
  <message>
   <source>quiet hours {hours}</source>
   <translation>heures calmes {hours}</translation>
  </message>
 </context>
 <context>
  <name>Welcome</name>
  <message>
   <source>Captions and tags for your photos</source>
   <translation>Légendes et mots-clés pour vos photos</translation>
  </message>
  <message>
   <source>Every photo gets a sentence and tags, written where other photo programs read them.
Nothing leaves this computer, and everything can be undone to the byte.</source>
   <translation>Chaque photo reçoit une phrase et des mots-clés, là où d'autres programmes les lisent.
Rien ne quitte cet ordinateur, et tout peut être annulé à l'octet près.</translation>
  </message>
  <message>
   <source>Opened before</source>
   <translation>Ouvertes auparavant</translation>
  </message>
 </context>
 <context>
  <name>WordsPanel</name>
  <message>
   <source>Caption</source>
   <translation>Légende</translation>
  </message>
  <message>
   <source>Tags</source>
   <translation>Mots-clés</translation>
  </message>
 </context>
 <context>
  <name>_Card</name>
  <message>
   <source>What the model's maker says</source>
   <translation>Ce que dit l'auteur du modèle</translation>
  </message>
 </context>
 <context>
  <name>_DropArea</name>
  <message>
   <source>Choose photos…</source>
   <translation>Choisir des photos…</translation>
  </message>
  <message>
   <source>Drop photos or a folder here</source>
   <translation>Déposez ici des photos ou un dossier</translation>
  </message>
  <message>
   <source>Open a folder…</source>
   <translation>Ouvrir un dossier…</translation>
  </message>
 </context>
 <context>
  <name>_Veil</name>
  <message>
   <source>Drop to caption</source>
   <translation>Déposer pour légender</translation>
  </message>
 </context>
 <context>
  <name>about</name>
  <message>
   <source>The texts of these licences are installed with each of them.</source>
   <translation>Les textes de ces licences sont installés avec chacun de ces composants.</translation>
  </message>
 </context>
 <context>
  <name>actions</name>
  <message>
   <source>&amp;About tagger</source>
   <translation>À &amp;propos de tagger</translation>
  </message>
  <message>
   <source>&amp;Approve first</source>
   <translation>&amp;Approuver d'abord</translation>
  </message>
  <message>
   <source>&amp;Close the library</source>
   <translation>&amp;Fermer la bibliothèque</translation>
  </message>
  <message>
   <source>&amp;Colours</source>
   <translation>&amp;Couleurs</translation>
  </message>
  <message>
   <source>&amp;Dark</source>
   <translation>&amp;Sombre</translation>
  </message>
  <message>
   <source>&amp;Edit</source>
   <translation>&amp;Édition</translation>
  </message>
  <message>
   <source>&amp;File</source>
   <translation>&amp;Fichier</translation>
  </message>
  <message>
   <source>&amp;Help</source>
   <translation>Aid&amp;e</translation>
  </message>
  <message>
   <source>&amp;Light</source>
   <translation>&amp;Clair</translation>
  </message>
  <message>
   <source>&amp;Models…</source>
   <translation>&amp;Modèles…</translation>
  </message>
  <message>
   <source>&amp;Photos</source>
   <translation>&amp;Photos</translation>
  </message>
  <message>
   <source>&amp;Quit</source>
   <translation>&amp;Quitter</translation>
  </message>
  <message>
   <source>&amp;Redo</source>
   <translation>&amp;Rétablir</translation>
  </message>
  <message>
   <source>&amp;Review</source>
   <translation>&amp;Révision</translation>
  </message>
  <message>
   <source>&amp;Settings…</source>
   <translation>Ré&amp;glages…</translation>
  </message>
  <message>
   <source>&amp;Undo</source>
   <translation>&amp;Annuler</translation>
  </message>
  <message>
   <source>&amp;Undo the selected photos' last change</source>
   <translation>A&amp;nnuler la dernière modification des photos sélectionnées</translation>
  </message>
  <message>
   <source>&amp;View</source>
   <translation>&amp;Affichage</translation>
  </message>
  <message>
   <source>&amp;Watch folders…</source>
   <translation>&amp;Surveiller des dossiers…</translation>
  </message>
  <message>
   <source>Add a tag</source>
   <translation>Ajouter un mot-clé</translation>
  </message>
  <message>
   <source>Approve</source>
   <translation>Approuver</translation>
  </message>
  <message>
   <source>As the &amp;desktop</source>
   <translation>Comme le &amp;bureau</translation>
  </message>
  <message>
   <source>Caption &amp;photos…</source>
   <translation>Légender des &amp;photos…</translation>
  </message>
  <message>
   <source>Caption the &amp;selected photos</source>
   <translation>Légender les photos &amp;sélectionnées</translation>
  </message>
  <message>
   <source>Caption what is &amp;new</source>
   <translation>&amp;Légender ce qui est nouveau</translation>
  </message>
  <message>
   <source>Caption what was c&amp;opied</source>
   <translation>Légender ce qui a été &amp;copié</translation>
  </message>
  <message>
   <source>Captions stay in the index; nothing is written into a photo until you approve</source>
   <translation>Les légendes restent dans l'index ; rien n'est écrit dans une photo avant votre approbation</translation>
  </message>
  <message>
   <source>Copy the caption</source>
   <translation>Copier la légende</translation>
  </message>
  <message>
   <source>Copy the path</source>
   <translation>Copier le chemin</translation>
  </message>
  <message>
   <source>Do again what was undone last</source>
   <translation>Refaire ce qui a été annulé en dernier</translation>
  </message>
  <message>
   <source>Edit the caption</source>
   <translation>Modifier la légende</translation>
  </message>
  <message>
   <source>Find similar photos</source>
   <translation>Trouver des photos semblables</translation>
  </message>
  <message>
   <source>Library</source>
   <translation>Bibliothèque</translation>
  </message>
  <message>
   <source>Look for new photos</source>
   <translation>Chercher de nouvelles photos</translation>
  </message>
  <message>
   <source>Look through the whole library and caption what is new (F5)</source>
   <translation>Parcourir toute la bibliothèque et légender ce qui est nouveau (F5)</translation>
  </message>
  <message>
   <source>No library</source>
   <translation>Aucune bibliothèque</translation>
  </message>
  <message>
   <source>Open a &amp;folder…</source>
   <translation>&amp;Ouvrir un dossier…</translation>
  </message>
  <message>
   <source>Open a folder, and caption what is new in it (Ctrl+O)</source>
   <translation>Ouvrir un dossier et légender ce qui y est nouveau (Ctrl+O)</translation>
  </message>
  <message>
   <source>Open with another program</source>
   <translation>Ouvrir avec un autre programme</translation>
  </message>
  <message>
   <source>Opened &amp;before</source>
   <translation>Ouvertes a&amp;uparavant</translation>
  </message>
  <message>
   <source>Reject</source>
   <translation>Rejeter</translation>
  </message>
  <message>
   <source>Select all</source>
   <translation>Tout sélectionner</translation>
  </message>
  <message>
   <source>Show in its folder</source>
   <translation>Montrer dans son dossier</translation>
  </message>
  <message>
   <source>Show large</source>
   <translation>Afficher en grand</translation>
  </message>
  <message>
   <source>Switch to another library</source>
   <translation>Passer à une autre bibliothèque</translation>
  </message>
  <message>
   <source>Take off the list…</source>
   <translation>Retirer de la liste…</translation>
  </message>
  <message>
   <source>Take our words &amp;out of the selected photos</source>
   <translation>Retirer nos m&amp;ots des photos sélectionnées</translation>
  </message>
  <message>
   <source>Tools</source>
   <translation>Outils</translation>
  </message>
  <message>
   <source>Undo the last run (Ctrl+Z)</source>
   <translation>Annuler la dernière exécution (Ctrl+Z)</translation>
  </message>
 </context>
 <context>
  <name>deciding</name>
  <message>
   <source>Approving</source>
   <translation>Approbation</translation>
  </message>
  <message>
   <source>Rejecting</source>
   <translation>Rejet</translation>
  </message>
 </context>
 <context>
  <name>history</name>
  <message>
   <source>Approved</source>
   <translation>Approuvée</translation>
  </message>
  <message>
   <source>Captioned</source>
   <translation>Légendée</translation>
  </message>
  <message>
   <source>Captioned again</source>
   <translation>Légendée à nouveau</translation>
  </message>
  <message>
   <source>Edited</source>
   <translation>Modifiée</translation>
  </message>
  <message>
   <source>Our words taken out</source>
   <translation>Nos mots retirés</translation>
  </message>
  <message>
   <source>Rejected</source>
   <translation>Rejetée</translation>
  </message>
  <message>
   <source>Undone</source>
   <translation>Annulée</translation>
  </message>
  <message>
   <source>being taken back</source>
   <translation>en cours d'annulation</translation>
  </message>
  <message>
   <source>changed by another program</source>
   <translation>modifié par un autre programme</translation>
  </message>
  <message>
   <source>in the file</source>
   <translation>dans le fichier</translation>
  </message>
  <message>
   <source>never reached the file</source>
   <translation>jamais arrivé dans le fichier</translation>
  </message>
  <message>
   <source>taken back</source>
   <translation>annulé</translation>
  </message>
  <message>
   <source>under way</source>
   <translation>en cours</translation>
  </message>
 </context>
 <context>
  <name>opening</name>
  <message>
   <source>drop photos (JPEG, PNG, HEIC, RAW …) or folders of them</source>
   <translation>déposez des photos (JPEG, PNG, HEIC, RAW …) ou des dossiers de photos</translation>
  </message>
  <message>
   <source>{names}: no photo and no folder</source>
   <translation>{names} : ni photo ni dossier</translation>
  </message>
 </context>
 <context>
  <name>questions</name>
  <message>
   <source>Cancel</source>
   <translation>Annuler</translation>
  </message>
  <message>
   <source>Do not quit</source>
   <translation>Ne pas quitter</translation>
  </message>
  <message>
   <source>Go on working</source>
   <translation>Continuer le travail</translation>
  </message>
  <message>
   <source>Only those whose files are gone. What was said of them and never written into a file is lost.</source>
   <translation>Seulement celles dont le fichier a disparu. Ce qui en a été dit sans être écrit dans un fichier est perdu.</translation>
  </message>
  <message>
   <source>Our words are taken out and these photos are not captioned again. You can undo it.</source>
   <translation>Nos mots sont retirés et ces photos ne seront plus légendées. Vous pouvez l'annuler.</translation>
  </message>
  <message>
   <source>Photos are still being worked on.</source>
   <translation>Des photos sont encore en cours de traitement.</translation>
  </message>
  <message>
   <source>Quit nevertheless</source>
   <translation>Quitter quand même</translation>
  </message>
  <message>
   <source>Reject</source>
   <translation>Rejeter</translation>
  </message>
  <message numerus="yes">
   <source>Reject the captions of %n photos?</source>
   <translation>
    <numerusform>Rejeter la légende de %n photo ?</numerusform>
    <numerusform>Rejeter les légendes de %n photos ?</numerusform>
   </translation>
  </message>
  <message>
   <source>Stop and quit</source>
   <translation>Arrêter et quitter</translation>
  </message>
  <message numerus="yes">
   <source>Take %n photos off the list?</source>
   <translation>
    <numerusform>Retirer %n photo de la liste ?</numerusform>
    <numerusform>Retirer %n photos de la liste ?</numerusform>
   </translation>
  </message>
  <message>
   <source>Take off the list</source>
   <translation>Retirer de la liste</translation>
  </message>
  <message>
   <source>Take this photo off the list?</source>
   <translation>Retirer cette photo de la liste ?</translation>
  </message>
  <message>
   <source>The photos in hand are finished. What is left can be done at the next start.</source>
   <translation>Les photos en cours sont terminées. Le reste pourra être fait au prochain démarrage.</translation>
  </message>
  <message>
   <source>What you typed and did not save would be lost.</source>
   <translation>Ce que vous avez saisi sans l'enregistrer serait perdu.</translation>
  </message>
 </context>
 <context>
  <name>runs</name>
  <message>
   <source>Approved</source>
   <translation>Approuvée</translation>
  </message>
  <message>
   <source>Captioned</source>
   <translation>Légendée</translation>
  </message>
  <message>
   <source>Captioned anew</source>
   <translation>Légendées à neuf</translation>
  </message>
  <message>
   <source>Edited</source>
   <translation>Modifiée</translation>
  </message>
  <message>
   <source>Our words taken out</source>
   <translation>Nos mots retirés</translation>
  </message>
  <message>
   <source>Rejected</source>
   <translation>Rejetée</translation>
  </message>
  <message>
   <source>Undone, keeping others' changes</source>
   <translation>Annulées, en gardant les modifications d'autrui</translation>
  </message>
  <message>
   <source>undone</source>
   <translation>annulée</translation>
  </message>
  <message>
   <source>{action}: {count} changes</source>
   <translation>{action} : {count} modifications</translation>
  </message>
  <message>
   <source>{count} changed by another program</source>
   <translation>{count} modifiées par un autre programme</translation>
  </message>
  <message>
   <source>{count} undone</source>
   <translation>{count} annulées</translation>
  </message>
 </context>
 <context>
  <name>settings</name>
  <message>
   <source>0: the model decides for each tag.</source>
   <translation>0 : le modèle décide pour chaque mot-clé.</translation>
  </message>
  <message>
   <source>A caption that a person, or another program, wrote before.</source>
   <translation>Une légende qu'une personne ou un autre programme a écrite auparavant.</translation>
  </message>
  <message>
   <source>A caption that you approved is never changed.</source>
   <translation>Une légende que vous avez approuvée n'est jamais modifiée.</translation>
  </message>
  <message>
   <source>A dog on a beach</source>
   <translation>A dog on a beach</translation>
  </message>
  <message>
   <source>A dog on a beach.</source>
   <translation>A dog on a beach.</translation>
  </message>
  <message>
   <source>A graphics card needs the package onnxruntime-gpu.</source>
   <translation>Une carte graphique demande le paquet onnxruntime-gpu.</translation>
  </message>
  <message>
   <source>A sidecar is a small XMP file beside the photo.</source>
   <translation>Un fichier annexe est un petit fichier XMP à côté de la photo.</translation>
  </message>
  <message>
   <source>As the model says it</source>
   <translation>Comme le modèle le dit</translation>
  </message>
  <message>
   <source>As they are</source>
   <translation>Tels quels</translation>
  </message>
  <message>
   <source>As usual: the best of several</source>
   <translation>Comme d'habitude : la meilleure de plusieurs</translation>
  </message>
  <message>
   <source>Ask me below a score of</source>
   <translation>Me demander en dessous de</translation>
  </message>
  <message>
   <source>At least so sure</source>
   <translation>Certitude minimale</translation>
  </message>
  <message>
   <source>Before every tag</source>
   <translation>Avant chaque mot-clé</translation>
  </message>
  <message>
   <source>Behind every tag</source>
   <translation>Après chaque mot-clé</translation>
  </message>
  <message>
   <source>Capital letters</source>
   <translation>Majuscules</translation>
  </message>
  <message>
   <source>Captions</source>
   <translation>Légendes</translation>
  </message>
  <message>
   <source>Captions that score less wait for your review. 0: none waits.</source>
   <translation>Les légendes de score plus bas attendent votre révision. 0 : aucune n'attend.</translation>
  </message>
  <message>
   <source>Choose a folder</source>
   <translation>Choisir un dossier</translation>
  </message>
  <message>
   <source>Do not say man or woman</source>
   <translation>Ne pas dire homme ou femme</translation>
  </message>
  <message>
   <source>Each Word</source>
   <translation>Chaque Mot</translation>
  </message>
  <message>
   <source>Fields for hierarchies</source>
   <translation>Champs pour hiérarchies</translation>
  </message>
  <message>
   <source>Files</source>
   <translation>Fichiers</translation>
  </message>
  <message>
   <source>First word</source>
   <translation>Premier mot</translation>
  </message>
  <message>
   <source>For every photo; photos stay as they are</source>
   <translation>Pour chaque photo ; les photos restent telles quelles</translation>
  </message>
  <message>
   <source>Graphics card (CUDA)</source>
   <translation>Carte graphique (CUDA)</translation>
  </message>
  <message>
   <source>How a caption is written</source>
   <translation>Écriture d'une légende</translation>
  </message>
  <message>
   <source>In every photo</source>
   <translation>Dans chaque photo</translation>
  </message>
  <message>
   <source>In so many megabytes</source>
   <translation>Dans autant de mégaoctets</translation>
  </message>
  <message>
   <source>Keep it</source>
   <translation>La garder</translation>
  </message>
  <message>
   <source>Keep so many days</source>
   <translation>Conserver autant de jours</translation>
  </message>
  <message>
   <source>Leave the date of change as it was</source>
   <translation>Laisser la date de modification telle quelle</translation>
  </message>
  <message>
   <source>Little: the first that is found</source>
   <translation>Peu : la première trouvée</translation>
  </message>
  <message>
   <source>Model</source>
   <translation>Modèle</translation>
  </message>
  <message>
   <source>Model and speed</source>
   <translation>Modèle et vitesse</translation>
  </message>
  <message>
   <source>More are slower, and a little better.</source>
   <translation>Plus il y en a, plus c'est lent, et un peu meilleur.</translation>
  </message>
  <message>
   <source>Most tags a photo</source>
   <translation>Mots-clés par photo au plus</translation>
  </message>
  <message>
   <source>Much: the best of many, slower</source>
   <translation>Beaucoup : la meilleure de nombreuses, plus lent</translation>
  </message>
  <message>
   <source>My own words</source>
   <translation>Mes propres mots</translation>
  </message>
  <message>
   <source>Name of a new sidecar</source>
   <translation>Nom d'un nouveau fichier annexe</translation>
  </message>
  <message>
   <source>Names are labels of the model, or the words you write for them. * stands for any text.</source>
   <translation>Les noms sont des étiquettes du modèle, ou les mots que vous écrivez à leur place. * remplace n'importe quel texte.</translation>
  </message>
  <message>
   <source>Never</source>
   <translation>Jamais</translation>
  </message>
  <message>
   <source>Never these</source>
   <translation>Jamais ceux-ci</translation>
  </message>
  <message>
   <source>One a line: dog = Hund</source>
   <translation>Un par ligne : dog = Hund</translation>
  </message>
  <message>
   <source>One a line: dog = pet, animal</source>
   <translation>Un par ligne : dog = pet, animal</translation>
  </message>
  <message>
   <source>One a line: person = 0.8</source>
   <translation>Un par ligne : person = 0.8</translation>
  </message>
  <message>
   <source>Only these</source>
   <translation>Seulement ceux-ci</translation>
  </message>
  <message>
   <source>Otherwise captions and tags are kept in the index only, where search finds them.</source>
   <translation>Sinon, légendes et mots-clés restent seulement dans l'index, où la recherche les trouve.</translation>
  </message>
  <message>
   <source>Parents</source>
   <translation>Parents</translation>
  </message>
  <message>
   <source>Photos at once</source>
   <translation>Photos à la fois</translation>
  </message>
  <message>
   <source>Photos with several names</source>
   <translation>Photos à plusieurs noms</translation>
  </message>
  <message>
   <source>Processor</source>
   <translation>Processeur</translation>
  </message>
  <message>
   <source>Put ours behind it</source>
   <translation>Mettre la nôtre à la suite</translation>
  </message>
  <message>
   <source>Put ours in its place</source>
   <translation>Mettre la nôtre à sa place</translation>
  </message>
  <message>
   <source>Runs on</source>
   <translation>Exécution sur</translation>
  </message>
  <message>
   <source>Sentences weighed side by side</source>
   <translation>Phrases pesées côte à côte</translation>
  </message>
  <message>
   <source>Several are separated by commas.</source>
   <translation>Plusieurs sont séparés par des virgules.</translation>
  </message>
  <message>
   <source>Sidecars</source>
   <translation>Fichiers annexes</translation>
  </message>
  <message>
   <source>So sure for single tags</source>
   <translation>Certitude pour certains mots-clés</translation>
  </message>
  <message>
   <source>Some backup programs give one file several names.</source>
   <translation>Certains programmes de sauvegarde donnent plusieurs noms à un fichier.</translation>
  </message>
  <message>
   <source>Tags</source>
   <translation>Mots-clés</translation>
  </message>
  <message>
   <source>Take it out of these settings</source>
   <translation>Retirer de ces réglages</translation>
  </message>
  <message>
   <source>The folder of a model.</source>
   <translation>Le dossier d'un modèle.</translation>
  </message>
  <message>
   <source>The model guesses it, and is often wrong: person says as much.</source>
   <translation>Le modèle le devine et se trompe souvent : « person » en dit autant.</translation>
  </message>
  <message>
   <source>The picture itself is never touched, only the words that are stored with it.</source>
   <translation>L'image elle-même n'est jamais touchée, seulement les mots enregistrés avec elle.</translation>
  </message>
  <message>
   <source>Those of Lightroom and digiKam.</source>
   <translation>Ceux de Lightroom et de digiKam.</translation>
  </message>
  <message>
   <source>Threads that read photos</source>
   <translation>Fils qui lisent les photos</translation>
  </message>
  <message>
   <source>Trouble taken over a caption</source>
   <translation>Soin apporté à une légende</translation>
  </message>
  <message>
   <source>UPPER CASE</source>
   <translation>MAJUSCULES</translation>
  </message>
  <message>
   <source>Undo</source>
   <translation>Annuler</translation>
  </message>
  <message>
   <source>What is older, or does not fit, can no longer be undone.</source>
   <translation>Ce qui est plus ancien, ou ne tient pas, ne peut plus être annulé.</translation>
  </message>
  <message>
   <source>What is slow on one computer may be right on another: Models in the menu measures it.</source>
   <translation>Ce qui est lent sur un ordinateur peut convenir à un autre : Modèles, dans le menu, le mesure.</translation>
  </message>
  <message>
   <source>Whatever is there</source>
   <translation>Ce qui est disponible</translation>
  </message>
  <message>
   <source>Where a photo has a caption</source>
   <translation>Si une photo a une légende</translation>
  </message>
  <message>
   <source>Where the model has learned to choose among several.</source>
   <translation>Là où le modèle a appris à choisir parmi plusieurs.</translation>
  </message>
  <message>
   <source>Where the photo cannot hold words, or has one</source>
   <translation>Si la photo ne peut contenir de mots, ou en a déjà un</translation>
  </message>
  <message>
   <source>Where the photo has them</source>
   <translation>Si la photo les a</translation>
  </message>
  <message>
   <source>Write a sidecar</source>
   <translation>Écrire un fichier annexe</translation>
  </message>
  <message>
   <source>Write into the photos</source>
   <translation>Écrire dans les photos</translation>
  </message>
  <message>
   <source>Write parents as tags too</source>
   <translation>Écrire aussi les parents comme mots-clés</translation>
  </message>
  <message>
   <source>Write the photo, which separates the names</source>
   <translation>Écrire la photo, ce qui sépare les noms</translation>
  </message>
  <message>
   <source>a dog on a beach</source>
   <translation>a dog on a beach</translation>
  </message>
  <message>
   <source>all that the model knows</source>
   <translation>tout ce que le modèle connaît</translation>
  </message>
  <message>
   <source>as many as suit</source>
   <translation>autant qu'il convient</translation>
  </message>
  <message>
   <source>as the model has it</source>
   <translation>comme le modèle l'indique</translation>
  </message>
  <message>
   <source>lower case</source>
   <translation>minuscules</translation>
  </message>
  <message>
   <source>no limit</source>
   <translation>sans limite</translation>
  </message>
  <message>
   <source>none</source>
   <translation>aucun</translation>
  </message>
  <message>
   <source>nothing</source>
   <translation>rien</translation>
  </message>
  <message>
   <source>photo.jpg.xmp (darktable, digiKam)</source>
   <translation>photo.jpg.xmp (darktable, digiKam)</translation>
  </message>
  <message>
   <source>photo.xmp (Lightroom, Capture One)</source>
   <translation>photo.xmp (Lightroom, Capture One)</translation>
  </message>
  <message>
   <source>the one that came along</source>
   <translation>celui qui est fourni</translation>
  </message>
  <message>
   <source>{setting}: take it out of these settings</source>
   <translation>{setting} : retirer de ces réglages</translation>
  </message>
 </context>
 <context>
  <name>state</name>
  <message>
   <source>Approved</source>
   <translation>Approuvée</translation>
  </message>
  <message>
   <source>Approved: the model leaves it alone</source>
   <translation>Approuvée : le modèle n'y touche plus</translation>
  </message>
  <message>
   <source>By the model</source>
   <translation>Par le modèle</translation>
  </message>
  <message>
   <source>Captioned by the model</source>
   <translation>Légendée par le modèle</translation>
  </message>
  <message>
   <source>Changed by another program</source>
   <translation>Modifiée par un autre programme</translation>
  </message>
  <message>
   <source>Changed by another program, or gone</source>
   <translation>Modifiée par un autre programme, ou disparue</translation>
  </message>
  <message>
   <source>Could not be captioned</source>
   <translation>N'a pas pu être légendée</translation>
  </message>
  <message>
   <source>Failed</source>
   <translation>Échec</translation>
  </message>
  <message>
   <source>New</source>
   <translation>Nouvelle</translation>
  </message>
  <message>
   <source>New: not captioned yet</source>
   <translation>Nouvelle : pas encore légendée</translation>
  </message>
  <message>
   <source>Rejected</source>
   <translation>Rejetée</translation>
  </message>
  <message>
   <source>Rejected: never captioned again</source>
   <translation>Rejetée : plus jamais légendée</translation>
  </message>
  <message>
   <source>Waits for you</source>
   <translation>Vous attend</translation>
  </message>
  <message>
   <source>Waits for you to approve it</source>
   <translation>Attend votre approbation</translation>
  </message>
 </context>
 <context>
  <name>texts</name>
  <message>
   <source>approved</source>
   <translation>approuvées</translation>
  </message>
  <message>
   <source>captioned</source>
   <translation>légendées</translation>
  </message>
  <message>
   <source>cleaned</source>
   <translation>nettoyées</translation>
  </message>
  <message>
   <source>edited</source>
   <translation>modifiées</translation>
  </message>
  <message>
   <source>failed</source>
   <translation>en échec</translation>
  </message>
  <message>
   <source>left alone</source>
   <translation>laissées telles quelles</translation>
  </message>
  <message>
   <source>less than a minute left</source>
   <translation>moins d'une minute restante</translation>
  </message>
  <message>
   <source>put back</source>
   <translation>remises en place</translation>
  </message>
  <message>
   <source>rejected</source>
   <translation>rejetées</translation>
  </message>
  <message>
   <source>unchanged</source>
   <translation>inchangées</translation>
  </message>
  <message>
   <source>{hours} h {minutes} min left</source>
   <translation>{hours} h {minutes} min restantes</translation>
  </message>
  <message>
   <source>{minutes} min left</source>
   <translation>{minutes} min restantes</translation>
  </message>
  <message>
   <source>{rate} photos/min</source>
   <translation>{rate} photos/min</translation>
  </message>
  <message>
   <source>{rate} photos/s</source>
   <translation>{rate} photos/s</translation>
  </message>
 </context>
</TS>
